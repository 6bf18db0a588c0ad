"""Purchasing at head office: from the proposal to the goods that two people have counted."""
