"""What a customer has booked and asked for, and what can be done about it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.appointments.choices import RequestState
from kefu.appointments.ical import one_event
from kefu.appointments.limits import CUSTOMER_CUTOFF_HOURS
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.appointments.queries import customer_may_cancel, customer_may_move
from kefu.appointments.queries.requests import offers_of
from kefu.appointments.wording import wait_words
from kefu.customers.models import Customer
from kefu.foundation.ui.http import now
from kefu.kernel.errors import Invalid, Refused
from kefu.messaging.composing import place_values
from kefu.messaging.rules import courtesy
from kefu.organisation.queries import SYSTEM, system_user
from kefu.portal import actions
from kefu.portal.inside import customers_only, show
from kefu.portal.models import Visit
from kefu.portal.queries.mine import appointments_of, coming, on_waitlist, past, requests_of, waiting_of


@customers_only
@require_GET
def mine(request: HttpRequest, visit: Visit, customer: Customer | None) -> HttpResponse:
    """My visits and requests."""
    at = now(request)
    context = {
        "visit": visit,
        "name": _called(customer) if customer else "",
        "coming": coming(customer, at),
        "waiting": waiting_of(visit, customer),
        "waits": [(one, wait_words(one, at)) for one in on_waitlist(customer)],
        "past": past(customer, at)[:5],
    }
    return show(request, "mine", context)


@customers_only
@require_GET
def appointment(request: HttpRequest, visit: Visit, customer: Customer | None, pk: int) -> HttpResponse:
    """One of my visits."""
    return _appointment(request, visit, _visit_of(customer, pk))


@customers_only
@require_GET
def calendar(request: HttpRequest, visit: Visit, customer: Customer | None, pk: int) -> HttpResponse:
    """One of my visits for my own calendar (APT-005)."""
    headers = {"Content-Disposition": 'attachment; filename="visit.ics"', "Cache-Control": "private, no-store"}
    return HttpResponse(
        one_event(_visit_of(customer, pk)), content_type="text/calendar; charset=utf-8", headers=headers
    )


@customers_only
@require_POST
def cancellation(request: HttpRequest, visit: Visit, customer: Customer | None, pk: int) -> HttpResponseBase:
    """Cancel one of my visits."""
    shown = _visit_of(customer, pk)
    try:
        actions.cancel_visit(customer=customer, appointment=shown, by=system_user(SYSTEM), at=now(request))
    except Refused as error:
        return _appointment(request, visit, _visit_of(customer, pk), error)
    return redirect("portal:appointment", pk)


@customers_only
@require_GET
def asked(request: HttpRequest, visit: Visit, customer: Customer | None, pk: int) -> HttpResponse:
    """One of my requests: what happens next, and the times the centre offers instead."""
    return _asked(request, visit, _request_of(visit, customer, pk))


@customers_only
@require_POST
def choice(request: HttpRequest, visit: Visit, customer: Customer | None, pk: int) -> HttpResponseBase:
    """Take one of the times offered."""
    shown = _request_of(visit, customer, pk)
    picked = request.POST.get("offer", "")
    chosen = next((one for one in offers_of(shown, now(request)) if str(one.pk) == picked), None)
    if chosen is None:
        return _asked(request, visit, shown, _("请选一个还有效的时间。"))
    try:
        made = actions.take_offer(
            visit=visit, customer=customer, request=shown, chosen=chosen, read_back=request.POST.get("read_back") == "on",
            by=system_user(SYSTEM), at=now(request),
        )  # fmt: skip
    except Invalid:
        return _asked(request, visit, shown, _("请核对事项和时间，没有错再打勾。"))
    except Refused as error:
        return _asked(request, visit, _request_of(visit, customer, pk), error)
    return redirect("portal:appointment", made.pk)


@customers_only
@require_POST
def withdrawal(request: HttpRequest, visit: Visit, customer: Customer | None, pk: int) -> HttpResponseBase:
    """Take a request back."""
    shown = _request_of(visit, customer, pk)
    try:
        actions.withdraw_request(visit=visit, customer=customer, request=shown, by=system_user(SYSTEM), at=now(request))
    except Refused as error:
        return _asked(request, visit, _request_of(visit, customer, pk), error)
    return redirect("portal:asked", pk)


def _appointment(request: HttpRequest, visit: Visit, shown: Appointment, wrong: object = "") -> HttpResponse:
    at = now(request)
    context = {
        "visit": visit,
        "shown": shown,
        "ahead": shown.status == "booked" and shown.start > at,
        "may_cancel": customer_may_cancel(shown, at),
        "may_move": customer_may_move(shown, at),
        "hours": CUSTOMER_CUTOFF_HOURS.on(at, node_id=shown.node_id),
        "call": place_values(shown.node)["phone"],
        "wrong": wrong,
    }
    return show(request, "appointment", context, status=409 if wrong else 200)


def _asked(request: HttpRequest, visit: Visit, shown: AppointmentRequest, wrong: object = "") -> HttpResponse:
    context = {
        "visit": visit,
        "shown": shown,
        "offers": offers_of(shown, now(request)) if shown.state == RequestState.OFFERED else [],
        "call": place_values(shown.node)["phone"],
        "wrong": wrong,
    }
    return show(request, "asked", context, status=409 if wrong else 200)


def _called(customer: Customer) -> str:
    """By surname and title in Chinese; English has no such title for a Chinese name."""
    return customer.name if get_language() == "en" else courtesy(customer.name, customer.sex)


def _visit_of(customer: Customer | None, pk: int) -> Appointment:
    return get_object_or_404(appointments_of(customer), pk=pk)


def _request_of(visit: Visit, customer: Customer | None, pk: int) -> AppointmentRequest:
    return get_object_or_404(requests_of(visit, customer), pk=pk)
