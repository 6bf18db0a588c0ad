"""Verbs of the administrator, a file per noun."""
