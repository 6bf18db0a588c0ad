"""Hypothesis settings shared by the kernel's property tests: quick, and leaving nothing on disk."""

from hypothesis import settings

QUICK = settings(max_examples=80, deadline=None, database=None)
