"""Pages of appointments: the day, a booking, a new one, and the clinic schedule."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import cast

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentStatus, AppointmentType, Channel, ExceptionKind
from kefu.appointments.forms import BookingForm, ExceptionForm, FindForm, HoursForm
from kefu.appointments.models import Appointment, ClinicSchedule, ScheduleException
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import free_slots, on_day
from kefu.customers.models import Customer
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import act, page
from kefu.organisation.models import Node, User


def _day(request: StaffRequest) -> date:
    try:
        return date.fromisoformat(request.GET.get("day", ""))
    except ValueError:
        return timezone.localdate(request.at)


def _nodes(user: User, permission: AppointmentPermission = AppointmentPermission.VIEW) -> QuerySet[Node]:
    access = access_of(user)
    nodes = Node.objects.filter(closed_on__isnull=True, kind__in=["centre", "office", "franchise"])
    return nodes.filter(
        pk__in=[
            node.pk for node in nodes if access.may_at(permission, node.pk) or access.may_own_at(permission, node.pk)
        ]
    )


def _doctors(nodes: QuerySet[Node]) -> QuerySet[User]:
    return User.objects.filter(is_active=True, grants__role__code="doctor", grants__node__in=nodes).distinct()


@needs(AppointmentPermission.VIEW)
def day(request: StaffRequest) -> HttpResponse:
    """The bookings of a day by doctor, with what is still free."""
    chosen = _day(request)
    booked = list(on_day(chosen, request.user))
    groups: dict[tuple[int, int], dict[str, object]] = {}
    pairs = ClinicSchedule.objects.filter(
        node__in=_nodes(request.user), weekday=chosen.weekday(), valid_from__lte=chosen
    )
    for row in pairs.select_related("doctor", "node"):
        groups.setdefault(
            (row.doctor_id, row.node_id), {"doctor": row.doctor, "node": row.node, "booked": [], "free": []}
        )
    for appointment in booked:
        key = (appointment.doctor_id, appointment.node_id)
        group = groups.setdefault(
            key, {"doctor": appointment.doctor, "node": appointment.node, "booked": [], "free": []}
        )
        cast(list[Appointment], group["booked"]).append(appointment)
    shown = list(groups.values())[:20]
    for group in shown:
        group["free"] = free_slots(cast(User, group["doctor"]), cast(Node, group["node"]), chosen, request.at)
    context = {"day": chosen, "groups": shown, "before": chosen - timedelta(days=1), "after": chosen + timedelta(days=1),
               "count": len(booked), "arrived": sum(row.status in ("arrived", "completed") for row in booked)}  # fmt: skip
    return page(request, "appointments/day.html", context)


@needs(AppointmentPermission.VIEW)
def appointment(request: StaffRequest, pk: int) -> HttpResponse:
    """One booking and what can be done about it."""
    return _page(request, _get(request, pk))


def _page(request: StaffRequest, shown: Appointment, **extra: object) -> HttpResponse:
    chosen = _day(request) if request.GET.get("day") else timezone.localdate(shown.start)
    context = {
        "appointment": shown,
        "changes": shown.changes.select_related("by"),
        "day": chosen,
        "slots": free_slots(shown.doctor, shown.node, chosen, request.at)
        if shown.status == AppointmentStatus.BOOKED
        else [],
        "is_today": timezone.localdate(shown.start) <= timezone.localdate(request.at),
    }
    return page(request, "appointments/appointment.html", context | extra)


@needs(AppointmentPermission.BOOK)
def new(request: StaffRequest, customer_id: int) -> HttpResponseBase:
    """Book a customer: choose centre, doctor and day, then a free slot."""
    customer = get_object_or_404(
        Customer.objects.visible_to(request.user).select_related("node", "doctor"), pk=customer_id
    )
    nodes = _nodes(request.user, AppointmentPermission.BOOK)
    asked = {"node": customer.node_id, "doctor": customer.doctor_id, "day": timezone.localdate(request.at).isoformat()}
    asked |= {name: request.GET[name] for name in asked if request.GET.get(name)}
    find = FindForm(asked, nodes=nodes, doctors=_doctors(nodes))
    form = BookingForm(request.POST or None)
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
                             start=data["start"], channel=Channel(data["channel"]), note=data["note"], by=request.user, at=request.at),
        success=_("已预约，医生会收到提醒。"), to=_url, form=form, render=show,
    )  # fmt: skip


@require_POST
@needs(AppointmentPermission.CHANGE)
def time(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Move a booking."""
    shown = _get(request, pk)
    start = datetime.fromisoformat(request.POST["start"]) if request.POST.get("start") else shown.start
    return act(request, lambda: actions.move(appointment=shown, start=start, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("已改约。"), to=_url)  # fmt: skip


@require_POST
@needs(AppointmentPermission.CHANGE)
def cancellation(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Cancel a booking."""
    shown = _get(request, pk)
    return act(request, lambda: actions.cancel(appointment=shown, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("预约已取消，时段已放出。"), to=_url)  # fmt: skip


@require_POST
@needs(AppointmentPermission.BOOK)
def status(request: StaffRequest, pk: int, code: str) -> HttpResponseBase:
    """Arrived, completed, or not shown up."""
    shown = _get(request, pk)
    return act(request, lambda: actions.set_status(appointment=shown, status=AppointmentStatus(code), by=request.user, at=request.at),
               success=_("已登记。"), to=_url)  # fmt: skip


@needs(AppointmentPermission.SCHEDULE)
def schedule(request: StaffRequest) -> HttpResponseBase:
    """Clinic hours of the centre's doctors, leave and extra hours."""
    nodes = _nodes(request.user, AppointmentPermission.SCHEDULE)
    choices = {"nodes": nodes, "doctors": _doctors(nodes)}
    hours = HoursForm(
        request.POST if "weekday" in request.POST else None,
        initial={"valid_from": timezone.localdate(request.at)},
        **choices,
    )
    exception = ExceptionForm(request.POST if "kind" in request.POST else None, **choices)

    def show() -> HttpResponse:
        rows = (
            ClinicSchedule.objects.filter(node__in=nodes)
            .select_related("doctor", "node", "room")
            .order_by("doctor__job_number", "weekday", "opens")
        )
        off = ScheduleException.objects.filter(node__in=nodes, day__gte=timezone.localdate(request.at)).select_related(
            "doctor", "node"
        )
        return page(
            request,
            "appointments/schedule.html",
            {"rows": rows, "exceptions": off, "hours": hours, "exception": exception},
        )

    form = hours if "weekday" in request.POST else exception
    if request.method != "POST" or not form.is_valid():
        return show()
    data = form.cleaned_data
    if form is hours:
        return act(request, lambda: actions.add_hours(**data, by=request.user, at=request.at), success=_("出诊时间已加。"),
                   to=reverse("appointments:schedule"), form=form, render=show)  # fmt: skip
    data["kind"] = ExceptionKind(data["kind"])
    return act(request, lambda: actions.add_exception(**data, by=request.user, at=request.at), success=_("已登记。"),
               to=reverse("appointments:schedule"), form=form, render=show)  # fmt: skip


@require_POST
@needs(AppointmentPermission.SCHEDULE)
def hours_end(request: StaffRequest, pk: int) -> HttpResponseBase:
    """End clinic hours after today."""
    row = get_object_or_404(
        ClinicSchedule.objects.filter(node__in=_nodes(request.user, AppointmentPermission.SCHEDULE)), pk=pk
    )
    last = max(timezone.localdate(request.at), row.valid_from)
    return act(request, lambda: actions.end_hours(hours=row, last_day=last, by=request.user, at=request.at),
               success=_("明天起不再出诊；已有的预约请改约。"), to=reverse("appointments:schedule"))  # fmt: skip


@require_POST
@needs(AppointmentPermission.SCHEDULE)
def exception_removal(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Take leave or extra hours back."""
    row = get_object_or_404(
        ScheduleException.objects.filter(node__in=_nodes(request.user, AppointmentPermission.SCHEDULE)), pk=pk
    )
    return act(request, lambda: actions.remove_exception(exception=row, reason=request.POST.get("reason", ""), by=request.user, at=request.at),
               success=_("已撤回。"), to=reverse("appointments:schedule"))  # fmt: skip


def _get(request: StaffRequest, pk: int) -> Appointment:
    rows = Appointment.objects.visible_to(request.user).select_related("customer", "doctor", "node", "room")
    return get_object_or_404(rows, pk=pk)


def _url(shown: Appointment) -> str:
    return reverse("appointments:appointment", args=[shown.pk])
