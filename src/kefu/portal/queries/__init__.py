"""Reads of the customers' own pages."""
