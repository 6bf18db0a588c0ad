"""What customers ask about their data: entered by one colleague, decided by another; holds that keep it (SEC-001)."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.administration.views.editing import edit
from kefu.customers import actions
from kefu.customers.choices import Asker, RequestKind, RequestState
from kefu.customers.models import Customer, LegalHold, PrivacyRequest
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import request_status, view_of
from kefu.customers.privacy_forms import ErasureForm, HoldForm, LiftForm, PrivacyForm
from kefu.customers.queries.privacy import (
    holds_of,
    kept_until,
    on_hold,
    requests_listed,
    requests_of,
    scans_of,
    type_to_erase,
)
from kefu.customers.queries.reading import identity_check_of
from kefu.customers.views.asked import customer_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page

ASK, DECIDE = CustomerPermission.PRIVACY_ASK, CustomerPermission.PRIVACY_DECIDE


@require_GET
@needs(DECIDE)
def requests(request: StaffRequest) -> HttpResponse:
    """Everything that waits for a decision or for the end of the retention, the earliest due first."""
    at = now(request)
    keyset = Keyset(
        requests_listed(request.user, request.GET, at), ("due_on", "id"), cursor=request.GET.get("after", "")
    )
    rows = [_row(one, at) | {"view": view_of(one.customer, at), "node": one.customer.node.label} for one in keyset.rows]
    context = {"keyset": keyset, "rows": rows, "today": localdate(at)}
    context["export_url"] = export_url(request, "customers.privacy_requests")
    return page(request, "customers/privacy_requests.html", context)


@require_http_methods(["GET", "POST"])
@needs(ASK, DECIDE)
def privacy(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """What was asked about this customer's data, and a form for what is asked now."""
    customer, at, user = customer_of(request, customer_id), now(request), request.user
    lifts = customer.restricted_at is not None
    form = LiftForm(request.POST or None) if lifts else PrivacyForm(request.POST or None, request.FILES or None)
    given = {"kind": RequestKind.LIFT.value, "asker": Asker.SELF.value} if lifts else {}
    return edit(
        request, form, "customers/privacy.html", context=_context(request, customer, at), to=_url(customer),
        success=_("已登记，等另一位同事决定。"),
        run=lambda: actions.ask_privacy(customer=customer, **given | form.cleaned_data, by=user, at=at),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
@needs(DECIDE)
def approval(request: StaffRequest, customer_id: int, request_id: int) -> HttpResponseBase:
    """The second person sees what will happen, and agrees; to erase, the archive number is typed."""
    customer, asked, at = *_asked(request, customer_id, request_id), now(request)
    erases = asked.kind == RequestKind.ERASE
    until = kept_until(customer, at) if erases else None
    context = {
        "customer": customer, "view": view_of(customer, at), "asked": asked, "back": _url(customer), "erases": erases, "until": until,
        "number": type_to_erase(customer), "kept": erases and (on_hold(customer) or (until is not None and until > localdate(at))),
        "own": asked.by_id == request.user.pk,
    }  # fmt: skip
    form = ErasureForm(request.POST or None) if erases else None
    if request.method == "POST" and form is None:
        return act(
            request,
            lambda: actions.approve_privacy(request=asked, by=request.user, at=at),
            success=_("已同意，马上生效。"),
            to=_url(customer),
        )
    if form is None:
        return page(request, "customers/privacy_approval.html", context)
    return edit(
        request, form, "customers/privacy_approval.html", context=context, to=_url(customer), success=_("已同意。"),
        run=lambda: actions.approve_privacy(request=asked, typed=form.cleaned_data["typed"], by=request.user, at=at),
    )  # fmt: skip


@require_POST
@needs(DECIDE)
def declining(request: StaffRequest, customer_id: int, request_id: int) -> HttpResponseBase:
    """The second person does not agree."""
    customer, asked = _asked(request, customer_id, request_id)
    reason = request.POST.get("reason", "")
    return act(request, lambda: actions.decline_privacy(request=asked, reason=reason, by=request.user, at=now(request)),
               success=_("已记下没有同意的理由。"), to=_url(customer))  # fmt: skip


@require_POST
@needs(DECIDE)
def holds(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Something needs the data: it is not erased."""
    customer = customer_of(request, customer_id)
    reason = request.POST.get("reason", "")
    return act(request, lambda: actions.place_hold(customer=customer, reason=reason, by=request.user, at=now(request)),
               success=_("已登记，取消之前不会删除。"), to=_url(customer))  # fmt: skip


@require_POST
@needs(DECIDE)
def hold_lifting(request: StaffRequest, customer_id: int, hold_id: int) -> HttpResponseBase:
    """It need not be kept for this any longer."""
    customer = customer_of(request, customer_id)
    hold = get_object_or_404(LegalHold.objects.select_related("customer"), pk=hold_id, customer=customer)
    reason = request.POST.get("reason", "")
    return act(request, lambda: actions.lift_hold(hold=hold, reason=reason, by=request.user, at=now(request)),
               success=_("已取消保留。"), to=_url(customer))  # fmt: skip


def _context(request: StaffRequest, customer: Customer, at: datetime) -> dict[str, object]:
    user, found = request.user, list(requests_of(customer)[:50])
    decides = allowed(user, DECIDE, customer=customer)
    is_open = any(one.state == RequestState.ASKED for one in found)
    until, scans = kept_until(customer, at), scans_of(found)
    return {
        "customer": customer, "view": view_of(customer, at), "back": reverse("customers:page", args=[customer.pk]), "now": at,
        "rows": [_row(one, at) | {"decides": decides and one.by_id != user.pk, "files": scans.get(one.pk, ())} for one in found],
        "holds": holds_of(customer), "hold_form": HoldForm(auto_id="hold_%s"), "decides": decides, "check": identity_check_of(customer, at),
        "may_ask": customer.erased_at is None and not is_open and (decides or customer.restricted_at is None), "until": until,
    }  # fmt: skip


def _row(asked: PrivacyRequest, at: datetime) -> dict[str, object]:
    is_open = asked.state == RequestState.ASKED
    return {
        "asked": asked,
        "status": request_status(asked),
        "open": is_open,
        "late": is_open and asked.due_on < localdate(at),
    }


def _asked(request: StaffRequest, customer_id: int, request_id: int) -> tuple[Customer, PrivacyRequest]:
    customer = customer_of(request, customer_id)
    found = PrivacyRequest.objects.select_related("customer", "by")
    return customer, get_object_or_404(found, pk=request_id, customer=customer)


def _url(customer: Customer) -> str:
    return reverse("customers:privacy", args=[customer.pk])
