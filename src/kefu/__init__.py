"""Kefu: one self-hosted system in which a chain of health-management centres looks after its customers."""
