"""One charge, and its cancellation."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from kefu.billing.actions import cancel_charge
from kefu.billing.actions.charges import PREPAID
from kefu.billing.forms import CancelForm
from kefu.billing.models import Charge
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import standing_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.ui.http import act, now, page
from kefu.organisation.models import User


def _person(request: HttpRequest) -> User:
    return cast(User, request.user)


def _charge(request: HttpRequest, pk: int) -> Charge:
    charges = Charge.objects.visible_to(_person(request)).select_related(
        "customer", "recorded_by", "cancelled_by", "reverses"
    )
    return get_object_or_404(charges, pk=pk)


def _page(request: HttpRequest, charge: Charge, form: CancelForm) -> HttpResponse:
    may = allowed(_person(request), BillingPermission.CHARGE_RECORD, customer=charge.customer)
    owing = standing_of([charge]).lines[0]
    context = {"charge": charge, "owing": owing, "form": form, "may_take": may}
    context["may_cancel"] = may and not owing.paid and not owing.reversed and charge.reverses_id is None
    context["may_cancel"] = context["may_cancel"] and charge.subject_kind != PREPAID
    return page(request, "billing/charge.html", context)


@needs(BillingPermission.CHARGE_VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A charge with who recorded it, and the form that cancels it."""
    charge = _charge(request, pk)
    subject = Subject("billing.charge", charge.pk)
    record_read(
        "billing.charge.read", by=_person(request), at=now(request), customer_id=charge.customer_id, subject=subject
    )
    return _page(request, charge, CancelForm())


@needs(BillingPermission.CHARGE_RECORD)
@require_POST
def cancellation(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Cancel a charge for a reason."""
    charge, form = _charge(request, pk), CancelForm(request.POST)
    if not form.is_valid():
        answer = _page(request, charge, form)
        answer.status_code = 422
        return answer
    return act(
        request,
        lambda: cancel_charge(charge=charge, reason=form.cleaned_data["reason"], by=_person(request), at=now(request)),
        success=_("已冲销 %(number)s") % {"number": charge.number},
        to=reverse("billing:charge", args=[charge.pk]),
        form=form,
        render=lambda: _page(request, charge, form),
    )
