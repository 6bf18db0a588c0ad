"""Screens of the customers."""
