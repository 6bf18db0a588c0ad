"""Who looked at a customer's data, on paper (SEC-003)."""

from __future__ import annotations

from django.http import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from kefu.customers import actions
from kefu.customers.permissions import CustomerPermission
from kefu.customers.views.asked import customer_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, now


@require_POST
@needs(CustomerPermission.READERS_VIEW)
def printing(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Print the record and open it."""
    customer = customer_of(request, customer_id)
    return act(
        request, lambda: actions.print_readers(customer=customer, by=request.user, at=now(request)),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )  # fmt: skip
