"""Customers from spreadsheets, and the lists about them as spreadsheets."""

from kefu.customers.exchange import lists  # registers by being imported
from kefu.customers.exchange.imports import CUSTOMERS

__all__ = ["CUSTOMERS", "lists"]
