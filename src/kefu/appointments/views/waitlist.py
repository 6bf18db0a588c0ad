"""The waitlist: who waits, one of them, and the answers to a time that is kept (APT-004, APT-013, APT-017)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.appointments import actions
from kefu.appointments.actions.waitlist_noting import KIND
from kefu.appointments.addresses import address
from kefu.appointments.asked import WaitWish
from kefu.appointments.choices import Channel, WaitState
from kefu.appointments.forms.waitlist import PlaceForm, WaitForm
from kefu.appointments.limits import WAITLIST_HOURS
from kefu.appointments.models import OfferedPlace, WaitlistEntry
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.types import all_choices
from kefu.appointments.queries.waitlist import ahead_of, later_visit, open_place, place_answered
from kefu.appointments.queries.waitlist_figures import figures_of
from kefu.appointments.views.choosing import doctors_of, nodes_for
from kefu.appointments.views.wishes import WAIT_DAYS
from kefu.appointments.waitlist_listing import ALL, WAITLIST, asked_in
from kefu.appointments.wording import spoken_time, wait_words
from kefu.customers.models import Customer
from kefu.customers.presentation import view_of
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import Subject, record_read
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.lists.shown import Shown
from kefu.foundation.ui.http import act, page
from kefu.kernel.errors import Refused
from kefu.kernel.ids import parse_number


@needs(AppointmentPermission.BOOK)
def waitlist(request: StaffRequest) -> HttpResponse:
    """Who waits at the centres within reach, whoever came first first."""
    shown = Shown(request, WAITLIST)
    if shown.opening:
        return redirect(f"{reverse('appointments:waitlist')}{shown.opening}")
    nodes = nodes_for(request.user, AppointmentPermission.BOOK)
    context = {
        "list": shown, "asked": asked_in(request.GET), "nodes": nodes, "doctors": doctors_of(nodes).order_by("job_number"), "types": all_choices(),
        "states": [(ALL, _("全部，也看已结束的")), *WaitState.choices], "hours": WAITLIST_HOURS.on(request.at, node_id=request.user.node_id),
        "figures": figures_of(request.user, request.at), "export_url": export_url(request, "appointments.waitlist"),
    }  # fmt: skip
    return page(request, "appointments/waitlist.html", context, partial="rows")


@needs(AppointmentPermission.BOOK)
def waiting(request: StaffRequest, pk: int) -> HttpResponse:
    """One who waits: for what, since when, and the time that is kept."""
    shown = _get(request, pk)
    record_read("appointments.waitlist.read", by=request.user, at=request.at, customer_id=shown.customer_id, node_id=shown.node_id,
                subject=Subject(KIND, shown.pk))  # fmt: skip
    return _page(request, shown)


@needs(AppointmentPermission.BOOK)
def new(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Put a customer on the waitlist; what was looked for stands in the form already."""
    customer = get_object_or_404(
        Customer.objects.visible_to(request.user).select_related("node", "doctor"), pk=customer_id
    )
    form = wait_form(request, customer, request.GET.dict())
    free: dict[str, object] = {}

    def show() -> HttpResponse:
        context = {
            "customer": customer, "view": view_of(customer, request.at), "wait": form, "instead": _instead(free, customer, form, request.at),
        }  # fmt: skip
        return page(request, "appointments/waitlist_new.html", context)

    if request.method != "POST" or not form.is_valid():
        return show()
    return act(request, _join(request, customer, form.cleaned_data, free), success=_("已候补，有空位时按先后通知。"), to=_url,
               form=form, render=show)  # fmt: skip


def wait_form(request: StaffRequest, customer: Customer, known: dict[str, Any]) -> WaitForm:
    """The form, filled with what is known of the wish."""
    nodes = nodes_for(request.user, AppointmentPermission.BOOK)
    today = timezone.localdate(request.at)
    usual = {"node": customer.node_id, "doctor": customer.doctor_id, "first": today, "last": today + WAIT_DAYS}
    return WaitForm(
        request.POST if request.method == "POST" and "first" in request.POST else None,
        nodes=nodes, doctors=doctors_of(nodes), initial=usual | known,
    )  # fmt: skip


def _join(
    request: StaffRequest, customer: Customer, given: dict[str, Any], free: dict[str, object]
) -> Callable[[], WaitlistEntry]:
    wish = WaitWish(
        given["type"], given["node"], given["first"], given["last"], given["doctor"], given["parts"], given["hour"]
    )
    channel = Channel(given["channel"])

    def run() -> WaitlistEntry:
        try:
            return actions.join_waitlist(
                customer=customer, wish=wish, channel=channel, note=given["note"], by=request.user, at=request.at
            )
        except Refused as refusal:
            free.update(refusal.details)
            raise

    return run


def _instead(free: dict[str, object], customer: Customer, form: WaitForm, at: datetime) -> list[tuple[str, str]]:
    """The times that are free, in words and as the way to book one."""
    rows: Any = free.get("alternatives") or []
    given = form.cleaned_data if rows else {}
    doctor = {"doctor": given["doctor"].pk} if given.get("doctor") else {}
    found = []
    for start in (datetime.fromisoformat(row["start"]) for row in rows):
        day = timezone.localdate(start)
        where = address("new", customer.pk, node=given["node"].pk, type=given["type"], first=day, last=day, **doctor)
        found.append((spoken_time(start, at), where))
    return found


@require_POST
@needs(AppointmentPermission.BOOK)
def booking(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The customer takes the time that is kept."""
    read_back, instead = (request.POST.get(name) == "on" for name in ("read_back", "instead"))
    return _answer(request, pk, lambda place: actions.take_place(place=place, read_back=read_back, instead=instead, by=request.user, at=request.at),
                   _("已约好，时段已占用。"))  # fmt: skip


@require_POST
@needs(AppointmentPermission.BOOK)
def refusal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The customer does not want this time, and goes on waiting."""
    return _answer(request, pk, lambda place: actions.decline_place(place=place, by=request.user, at=request.at),
                   _("空位已给下一位，客户继续候补。"))  # fmt: skip


@require_POST
@needs(AppointmentPermission.BOOK)
def withdrawal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The customer waits no longer."""
    shown, form, reason = _get(request, pk), _answers(), request.POST.get("reason", "")
    return act(request, lambda: actions.leave_waitlist(entry=shown, reason=reason, by=request.user, at=request.at),
               success=_("已从候补里去掉。"), to=_url, form=form, render=lambda: _page(request, _get(request, pk), form))  # fmt: skip


def _answer(request: StaffRequest, pk: int, run: Callable[[OfferedPlace], object], success: str) -> HttpResponseBase:
    shown, form = _get(request, pk), _answers()

    return act(request, lambda: run(place_answered(shown, parse_number(request.POST.get("place")))), success=success, to=lambda _done: _url(shown), form=form,
               render=lambda: _page(request, _get(request, pk), form))  # fmt: skip


def _answers() -> PlaceForm:
    form = PlaceForm({})
    form.is_valid()
    return form


def _page(request: StaffRequest, shown: WaitlistEntry, form: PlaceForm | None = None) -> HttpResponse:
    place = open_place(shown) if shown.waits else None
    context = {
        "shown": shown, "view": view_of(shown.customer, request.at), "words": wait_words(shown, request.at), "place": place,
        "counts": place is not None and place.counts(request.at), "later": later_visit(place) if place else None, "ahead": ahead_of(shown) if shown.waits else 0,
        "places": shown.places.select_related("doctor", "message"), "steps": shown.steps.select_related("by"), "form": form,
        "book": address("new", shown.customer_id, node=shown.node_id, type=shown.type_id, first=shown.first),
    }  # fmt: skip
    return page(request, "appointments/waitlist_entry.html", context)


def _get(request: StaffRequest, pk: int) -> WaitlistEntry:
    rows = WaitlistEntry.objects.visible_to(request.user, AppointmentPermission.BOOK)
    return get_object_or_404(
        rows.select_related("customer__health_manager", "node", "doctor", "appointment__doctor", "by"), pk=pk
    )


def _url(shown: WaitlistEntry) -> str:
    return reverse("appointments:waiting", args=[shown.pk])
