"""Small forms that stand inside another page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse

from kefu.customers.models import Customer
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.forms import KefuForm
from kefu.foundation.ui.http import act, page


def save(
    request: StaffRequest,
    customer: Customer,
    form: KefuForm,
    success: str,
    action: Callable[[dict[str, Any]], object],
    to: str = "",
) -> HttpResponseBase:
    """Run an action with the form's values, then go on to `to`, else to the customer's page; a refusal shows the form again on a
    page of its own, values kept."""
    to = to or reverse("customers:page", args=[customer.pk])

    def render() -> HttpResponse:
        return page(request, "customers/small_form.html", {"form": form, "customer": customer, "back": to})

    if not form.is_valid():
        response = render()
        response.status_code = 422
        return response
    return act(request, lambda: action(dict(form.cleaned_data)), form=form, render=render, success=success, to=to)
