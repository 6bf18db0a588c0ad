"""What the reports' half of the module tells of orders and customers."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from kefu.customers.models import Customer
from kefu.lab.models import Order
from kefu.organisation.models import User

_REPORTS: Any = import_module("kefu.lab.queries.reports") if find_spec("kefu.lab.queries.reports") else None


def reports_of(order: Order) -> list[dict[str, object]]:
    """The reports of an order for the API: id, kind, status."""
    return list(_REPORTS.reports_of(order)) if _REPORTS else []


def panel_for(customer: Customer, user: User) -> Any:
    """What the reports' panel shows of a customer to a reader."""
    return _REPORTS.panel_for(customer, user) if _REPORTS else None
