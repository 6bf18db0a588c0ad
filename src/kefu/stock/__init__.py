"""Warehouses, zones, lots, balances and the moves that explain them (STK)."""
