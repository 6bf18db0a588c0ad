"""Requests that climb a ladder of roles, one level at a time, until somebody decides."""
