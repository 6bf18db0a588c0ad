"""Who asks, and for whom."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from kefu.customers.models import Customer
from kefu.customers.queries import one_visible
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User


def me(request: HttpRequest) -> User:
    """The person at the screen."""
    return cast(User, request.user)


def customer_of(request: HttpRequest, customer_id: int) -> Customer:
    """The customer, if in scope. Raises OutOfScope."""
    customer = one_visible(me(request), customer_id)
    if customer is None:
        raise OutOfScope()
    return customer
