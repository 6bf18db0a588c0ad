"""Asking the level above for instruction, perhaps about a customer (ORG-014)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kefu.customers.instruction_forms import InstructionForm
from kefu.customers.instructions import CODE
from kefu.customers.models import Customer
from kefu.foundation.access.decorators import everyone
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.approvals.actions import ask
from kefu.foundation.ui.http import act, now, page
from kefu.kernel.errors import OutOfScope


@require_http_methods(["GET", "POST"])
@everyone
def instruction_new(request: StaffRequest) -> HttpResponseBase:
    """Ask the level above; `?customer=` names whom it is about."""
    user, customer = request.user, _customer(request)
    form = InstructionForm(request.POST or None)

    def render() -> HttpResponse:
        status = 422 if request.method == "POST" else 200
        return page(request, "customers/instruction.html", {"form": form, "customer": customer}, status=status)

    if request.method != "POST" or not form.is_valid():
        return render()
    customer_id = customer.pk if customer else None
    return act(
        request, lambda: ask(kind=CODE, **form.cleaned_data, customer_id=customer_id, by=user, at=now(request)), form=form, render=render,
        success=_("已报上级，批示后铃会响。"), to=lambda made: reverse("approvals:request", args=[made.pk]),
    )  # fmt: skip


def _customer(request: StaffRequest) -> Customer | None:
    text = request.GET.get("customer", "")
    if not text:
        return None
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    found = Customer.objects.visible_to(request.user).filter(pk=number).first()
    if found is None:
        raise OutOfScope()
    return found
