"""Scans and documents: bytes kept by their hash outside the web root, attached to any subject, each look audited."""
