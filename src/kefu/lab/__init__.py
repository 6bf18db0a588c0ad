"""Test orders, kits, samples, laboratory results and reports (LAB)."""
