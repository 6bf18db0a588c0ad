"""A booking, a new one, and what can be done about it."""

from __future__ import annotations

from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentStatus, AppointmentType, Channel
from kefu.appointments.clashes import BAR_WORDS
from kefu.appointments.forms.bookings import BookingForm, CancelForm, FindForm, MoveForm
from kefu.appointments.models import Appointment, Cancellation
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import free_slots, staff_bar
from kefu.appointments.rules import Slot
from kefu.appointments.views.choosing import doctors_of, nodes_for
from kefu.customers.models import Customer
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page


@needs(AppointmentPermission.VIEW)
def appointment(request: StaffRequest, pk: int) -> HttpResponse:
    """One booking and what can be done about it."""
    return _page(request, _get(request, pk))


def _page(request: StaffRequest, shown: Appointment, **extra: object) -> HttpResponse:
    open_ = shown.status == AppointmentStatus.BOOKED
    find, slots = _elsewhere(request, shown) if open_ else (None, [])
    bar = staff_bar(shown, request.at) if open_ else None
    context = {
        "appointment": shown,
        "changes": shown.changes.select_related("by", "doctor_before", "node_before"),
        "find": find,
        "slots": slots,
        "bar": bar,
        "bar_words": BAR_WORDS[bar] if bar else "",
        "may_override": allowed(request.user, AppointmentPermission.OVERRIDE, node_id=shown.node_id),
        "cancel": CancelForm(),
        "cancelled": Cancellation.objects.filter(appointment=shown).first(),
        "is_today": timezone.localdate(shown.start) <= timezone.localdate(request.at),
    }
    return page(request, "appointments/appointment.html", context | extra)


def _elsewhere(request: StaffRequest, shown: Appointment) -> tuple[FindForm, list[Slot]]:
    """Where a booking may move to: another day, doctor or centre, as the address asks."""
    nodes = nodes_for(request.user, AppointmentPermission.CHANGE)
    asked = {"node": shown.node_id, "doctor": shown.doctor_id, "day": timezone.localdate(shown.start).isoformat()}
    asked |= {name: request.GET[name] for name in asked if request.GET.get(name)}
    find = FindForm(asked, nodes=nodes, doctors=doctors_of(nodes))
    if not find.is_valid():
        return find, []
    data = find.cleaned_data
    return find, free_slots(data["doctor"], data["node"], data["day"], request.at, shown.type)


@needs(AppointmentPermission.BOOK)
def new(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Book a customer: choose centre, doctor and day, then a free slot."""
    customer = get_object_or_404(
        Customer.objects.visible_to(request.user).select_related("node", "doctor"), pk=customer_id
    )
    nodes = nodes_for(request.user, AppointmentPermission.BOOK)
    asked = {"node": customer.node_id, "doctor": customer.doctor_id, "day": timezone.localdate(request.at).isoformat()}
    asked |= {name: request.GET[name] for name in asked if request.GET.get(name)}
    find = FindForm(asked, nodes=nodes, doctors=doctors_of(nodes))
    form = BookingForm(request.POST or None, initial={"key": uuid4().hex})
    found = find.cleaned_data if find.is_valid() else None

    def show() -> HttpResponse:
        slots = free_slots(found["doctor"], found["node"], found["day"], request.at) if found else []
        return page(
            request,
            "appointments/new.html",
            {"customer": customer, "find": find, "form": form, "slots": slots, "found": found},
        )

    if request.method != "POST" or found is None or not form.is_valid():
        return show()
    data = form.cleaned_data
    return act(
        request,
        lambda: actions.book(customer=customer, doctor=found["doctor"], node=found["node"], type=AppointmentType(data["type"]),
                             start=data["start"], channel=Channel(data["channel"]), note=data["note"], key=data["key"], by=request.user, at=request.at),
        success=_("已预约，医生会收到提醒。"), to=_url, form=form, render=show,
    )  # fmt: skip


@require_POST
@needs(AppointmentPermission.CHANGE)
def time(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Move a booking."""
    shown = _get(request, pk)
    nodes = nodes_for(request.user, AppointmentPermission.CHANGE)
    form = MoveForm(request.POST, nodes=nodes, doctors=doctors_of(nodes))
    if not form.is_valid():
        messages.error(request, _("请先选一个空档。"))
        return redirect(_url(shown))
    data = form.cleaned_data
    return act(
        request,
        lambda: actions.move(appointment=shown, **data, by=request.user, at=request.at),
        success=_("已改约。"),
        to=_url,
    )


@require_POST
@needs(AppointmentPermission.CHANGE)
def cancellation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Cancel a booking."""
    shown = _get(request, pk)
    form = CancelForm(request.POST)

    def show() -> HttpResponse:
        return _page(request, shown, cancel=form)

    if not form.is_valid():
        return _page(request, shown, cancel=form)
    return act(request, lambda: actions.cancel(appointment=shown, **form.cleaned_data, by=request.user, at=request.at),
               success=_("预约已取消，时段已放出，医生和中心都已收到提醒。"), to=_url, form=form, render=show)  # fmt: skip


@require_POST
@needs(AppointmentPermission.OVERRIDE)
def reopening(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take back what was said of a visit."""
    shown, reason = _get(request, pk), request.POST.get("reason", "")
    return act(request, lambda: actions.reopen(appointment=shown, reason=reason, by=request.user, at=request.at),
               success=_("已撤回。"), to=_url)  # fmt: skip


@require_POST
@needs(AppointmentPermission.BOOK)
def status(request: StaffRequest, pk: int, code: str) -> HttpResponseBase:
    """Arrived, completed, or not shown up."""
    shown = _get(request, pk)
    back = f"{reverse('appointments:evening')}?node={shown.node_id}" if request.POST.get("from") == "evening" else _url
    return act(request, lambda: actions.set_status(appointment=shown, status=AppointmentStatus(code), by=request.user, at=request.at),
               success=_("已登记。"), to=back)  # fmt: skip


def _get(request: StaffRequest, pk: int) -> Appointment:
    rows = Appointment.objects.visible_to(request.user).select_related("customer", "doctor", "node", "room")
    return get_object_or_404(rows, pk=pk)


def _url(shown: Appointment) -> str:
    return reverse("appointments:appointment", args=[shown.pk])
