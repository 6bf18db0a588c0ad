"""Verbs over questionnaires, a file per noun."""
