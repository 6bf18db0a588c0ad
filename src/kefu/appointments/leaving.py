"""The bookings and clinic hours of a doctor who leaves (ORG-016)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.moves import reassign
from kefu.appointments.actions.schedules import finish_hours
from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.models import Appointment, ClinicSchedule
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.sentences import HELD_BOOKINGS, HELD_HOURS
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.worktime.choices import Weekday
from kefu.organisation.models import User
from kefu.people.leaving import SHOWN, Handing, Held, Holding, keep, register


def _bookings(leaver: User, last_day: date, at: datetime) -> list[int]:
    """Those after the last day, and what was booked before and never settled."""
    after = timezone.make_aware(datetime.combine(last_day + timedelta(days=1), time()))
    open_ones = Appointment.objects.filter(doctor=leaver, status=AppointmentStatus.BOOKED)
    ahead = Q(during__startswith__gte=after) | Q(during__endswith__lte=at)
    return list(open_ones.filter(ahead).order_by("customer_id", "pk").values_list("pk", flat=True))


def _show_bookings(reader: User, ids: Sequence[int]) -> list[Held]:
    found = (
        Appointment.objects.visible_to(reader).filter(pk__in=ids).select_related("customer", "node").order_by("during")
    )
    return [
        Held(
            one.pk, one.customer.name, f"{timezone.localtime(one.start):%Y-%m-%d %H:%M} {one.type.label} · {one.node.label}",
            reverse("appointments:appointment", args=[one.pk]),
        )
        for one in found[:SHOWN]
    ]  # fmt: skip


def _doctors(leaver: User) -> QuerySet[User]:
    return colleagues_with("doctor", leaver.node_id)


def _give(ident: int, taker: User, handing: Handing) -> None:
    row = Appointment.objects.get(pk=ident)
    if handing.direct:
        require(handing.by, AppointmentPermission.CHANGE, node_id=row.node_id)
    reassign(appointment=row, doctor=taker, reason=handing.reason, by=handing.by, at=handing.at)


def _hours(leaver: User, last_day: date, at: datetime) -> list[int]:
    beyond = ClinicSchedule.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=last_day + timedelta(days=1)), doctor=leaver
    )
    return list(beyond.order_by("pk").values_list("pk", flat=True))


def _show_hours(reader: User, ids: Sequence[int]) -> list[Held]:
    found = ClinicSchedule.objects.filter(pk__in=ids).select_related("node").order_by("weekday", "opens")
    return [
        Held(one.pk, f"{Weekday(one.weekday).label} {one.opens:%H:%M}–{one.closes:%H:%M}", one.node.label, reverse("appointments:schedule"))
        for one in found
    ]  # fmt: skip


def _end_hours(ident: int, handing: Handing) -> None:
    finish_hours(hours=ClinicSchedule.objects.get(pk=ident), last_day=handing.last_day, by=handing.by, at=handing.at)


register(
    Holding(
        "appointments.bookings", HELD_BOOKINGS, 30, (("appointments.Appointment", "doctor"),), _bookings, _show_bookings, _doctors, _give,
    )
)  # fmt: skip
register(
    Holding(
        "appointments.hours", HELD_HOURS, 35, (("appointments.ClinicSchedule", "doctor"),), _hours, _show_hours,
        release=_end_hours, release_label=_("最后一天后停诊"),
    )
)  # fmt: skip
keep("appointments.AppointmentChange", "doctor_before", "with whom a booking was before")
keep("appointments.ScheduleException", "doctor", "one day of a schedule that ends")
keep("appointments.EveningReminder", "user", "what somebody was told once")
keep("appointments.CalendarFeed", "doctor", "stops with the account")
keep(
    "appointments.AppointmentRequest",
    "doctor",
    "whom the customer wished for; whoever answers chooses among those who hold clinic",
)
keep(
    "appointments.OfferedTime",
    "doctor",
    "a time that counts for some hours; it is refused once the doctor holds no clinic then",
)
keep(
    "appointments.WaitlistEntry",
    "doctor",
    "whom the customer waits for; where the doctor holds no clinic any more, nothing is offered and the days run out",
)
keep(
    "appointments.OfferedPlace",
    "doctor",
    "a time that counts for some hours; it is refused once the doctor holds no clinic then",
)
