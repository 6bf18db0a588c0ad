"""Booking at the desk and on the telephone: who it is, what for, when; read back, then booked (APT-002, APT-011, APT-013, APT-014)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from kefu.appointments.actions import desk as actions
from kefu.appointments.addresses import address
from kefu.appointments.choices import Channel
from kefu.appointments.forms.desk import CardForm, DeskForm, NewcomerForm
from kefu.appointments.models import Appointment
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.types import offered_choices
from kefu.appointments.views.waitlist import wait_form
from kefu.appointments.views.wishes import Asked, asked_of, instead, wished
from kefu.customers.actions import create_lead
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.presentation import view_of
from kefu.customers.queries import search
from kefu.customers.queries.reading import gaps_of, identity_check_of
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.kernel.errors import Refused
from kefu.kernel.ids import parse_number
from kefu.organisation.models import Node

FOUND = 12
SLOT = ("node", "doctor", "start", "first", "type", "part")


@needs(AppointmentPermission.BOOK)
def start(request: StaffRequest) -> HttpResponseBase:
    """Who wants to come: read the membership card, find the customer, or take down somebody new."""
    may_create = access_of(request.user).may(CustomerPermission.LEAD_CREATE)
    card = CardForm(request.POST if "card" in request.POST else None)
    newcomer = NewcomerForm(request.POST if "phone" in request.POST else None)
    text = request.GET.get("q", "").strip()[:80]

    def show() -> HttpResponse:
        found = search(request.user, text, FOUND) if text else []
        rows = [
            (view_of(one, request.at), _onward(request, one), one.archive_number or one.node.label) for one in found
        ]
        kept = [(name, request.GET[name]) for name in SLOT if request.GET.get(name)]
        context = {"q": text, "rows": rows, "card": card, "newcomer": newcomer if may_create else None, "kept": kept}
        return page(request, "appointments/start.html", context)

    form = card if "card" in request.POST else newcomer
    if request.method != "POST" or not form.is_valid():
        return show()
    given = form.cleaned_data
    return act(
        request,
        _arrive(request, given, is_card=form is card),
        to=lambda one: _onward(request, one),
        form=form,
        render=show,
    )


def _arrive(request: StaffRequest, given: dict[str, Any], *, is_card: bool) -> Callable[[], Customer]:
    if is_card:
        return lambda: actions.read_card(card=given["card"], by=request.user, at=request.at)
    place = Node.objects.filter(pk=parse_number(request.GET.get("node")) or 0).first()
    return lambda: create_lead(**given, node=place, by=request.user, at=request.at).customer


def _onward(request: StaffRequest, customer: Customer) -> str:
    kept = {name: request.GET[name] for name in SLOT if request.GET.get(name)}
    return address("new", customer.pk, **kept)


@needs(AppointmentPermission.BOOK)
def new(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Book a customer: the nearest free slot of the own doctor is chosen already, any other is one click away."""
    rows = Customer.objects.visible_to(request.user).select_related("node", "doctor")
    customer = get_object_or_404(rows, pk=customer_id)
    usual = {"node": customer.node_id, "doctor": customer.doctor_id}
    asked = asked_of(request, usual, AppointmentPermission.BOOK, preselect=True)
    check = identity_check_of(customer, request.at)
    form = DeskForm(
        request.POST or None, checked=check is not None, types=offered_choices([asked.chosen.node] if asked.chosen else []),
        initial={"type": request.GET.get("type"), "key": uuid4().hex},
    )  # fmt: skip
    refused: dict[str, object] = {}

    def show() -> HttpResponse:
        chosen = asked.chosen
        context = {
            "customer": customer, "view": view_of(customer, request.at), "asked": asked, "form": form, "check": check, "gaps": gaps_of(customer),
            "instead": instead(refused, chosen, request.at) if chosen else [], **_waitlist(request, customer, asked, missed=bool(refused)),
            "may_edit": allowed(request.user, CustomerPermission.ARCHIVE_EDIT, customer=customer),
        }  # fmt: skip
        return page(request, "appointments/new.html", context)

    if request.method != "POST" or asked.chosen is None or not form.is_valid():
        return show()
    return act(request, _book(request, customer, asked, form.cleaned_data, refused), success=_("已预约，医生会收到提醒。"),
               to=lambda row: address("appointment", row.pk), form=form, render=show)  # fmt: skip


def _waitlist(request: StaffRequest, customer: Customer, asked: Asked, *, missed: bool) -> dict[str, object]:
    """The way to the waitlist; the form itself where nothing is free or somebody was faster."""
    known = wished(asked, request.at, missed=missed)
    if missed or not asked.choices:
        return {"wait": wait_form(request, customer, known)}
    return {"wait_url": address("wait_new", customer.pk, **{name: value for name, value in known.items() if value})}


def _book(
    request: StaffRequest, customer: Customer, asked: Asked, given: dict[str, Any], refused: dict[str, object]
) -> Callable[[], Appointment]:
    """Book what was chosen; what a refusal offers instead is kept in `refused`."""
    chosen = asked.chosen
    assert chosen is not None

    def run() -> Appointment:
        try:
            return actions.book_at_desk(
                customer=customer, doctor=chosen.doctor, node=chosen.node, type=given["type"], start=chosen.start,
                channel=Channel(given["channel"]), read_back=given["read_back"], method=given.get("method", ""), card=given.get("card", ""),
                note=given["note"], key=given["key"], by=request.user, at=request.at,
            )  # fmt: skip
        except Refused as refusal:
            refused.update(refusal.details)
            raise

    return run
