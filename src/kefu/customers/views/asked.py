"""For whom somebody asks."""

from __future__ import annotations

from kefu.customers.models import Customer
from kefu.customers.queries import one_visible
from kefu.foundation.access.requests import StaffRequest
from kefu.kernel.errors import OutOfScope


def customer_of(request: StaffRequest, customer_id: int) -> Customer:
    """The customer, if in scope. Raises OutOfScope."""
    customer = one_visible(request.user, customer_id)
    if customer is None:
        raise OutOfScope()
    return customer
