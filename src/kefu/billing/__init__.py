"""Charges recorded for a customer: what is owed for which order or purchase (LAB-002, PRD-004)."""
