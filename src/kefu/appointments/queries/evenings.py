"""The end of the day: what is still open today, whose files the coming day needs, which doctors know of it (APT-016)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from kefu.appointments.choices import AppointmentStatus, AppointmentType, Reminded
from kefu.appointments.models import Appointment, EveningReminder
from kefu.customers.file_parts import FilePart, lacking_parts
from kefu.foundation.access.queries import access_of
from kefu.kernel.worktime import NeverOpenError, WorkCalendar, add_workdays, ranges_on
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, User

DAY = timedelta(days=1)
LEFT_OPEN = timedelta(days=30)
"""So far back are bookings looked for that nobody has settled."""


def coming_day(calendar: WorkCalendar, today: date) -> date:
    """The centre's next working day; tomorrow for one that never opens."""
    try:
        return add_workdays(calendar, today, 1)
    except NeverOpenError:
        return today + DAY


def closes_at(calendar: WorkCalendar, day: date) -> datetime | None:
    """When the centre closes on a day; None when it does not open."""
    ranges = ranges_on(calendar, day)
    return ranges[-1].end if ranges else None


def begin_of(day: date) -> datetime:
    """Its first moment."""
    return datetime.combine(day, time(), SHANGHAI)


def coming(node: Node, until: date, at: datetime) -> QuerySet[Appointment]:
    """The bookings of a centre from tomorrow to a day, by time, with who prepared the files."""
    first = begin_of(timezone.localdate(at) + DAY)
    rows = Appointment.objects.filter(
        node=node, status=AppointmentStatus.BOOKED, during__startswith__gte=first, during__startswith__lt=begin_of(until + DAY)
    )  # fmt: skip
    return rows.select_related("customer__health_manager", "doctor", "room", "node", "prepared__by").order_by("during")


def unsettled(user: User, node: Node, at: datetime) -> QuerySet[Appointment]:
    """Bookings of today, and before, whose end nobody has entered, as far as the person sees them."""
    open_ones = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED)
    rows = Appointment.objects.visible_to(user).filter(node=node, status__in=open_ones)
    rows = rows.filter(
        during__startswith__gte=at - LEFT_OPEN, during__startswith__lt=begin_of(timezone.localdate(at) + DAY)
    )
    return rows.select_related("customer", "doctor", "room", "node").order_by("during")


def concerning(user: User, rows: QuerySet[Appointment]) -> QuerySet[Appointment]:
    """Those whose files the person prepares: a health manager those of own customers and of nobody's, others all they see."""
    seen = rows.filter(pk__in=Appointment.objects.visible_to(user))
    access = access_of(user)
    if "health_manager" not in access.roles:
        return seen
    return seen.filter(Q(customer__health_manager__in=access.persons) | Q(customer__health_manager__isnull=True))


def missing_in(rows: Iterable[Appointment]) -> Mapping[int, list[FilePart]]:
    """What each booking's file lacks; who comes for the first time has no earlier papers to lack."""
    found = list(rows)
    lacking = lacking_parts(sorted({row.customer_id for row in found}))
    first = AppointmentType.FIRST_VISIT
    return {
        row.pk: [part for part in lacking[row.customer_id] if not (part.later and row.type_id == first)]
        for row in found
    }


def reminded(users: Collection[int], days: Collection[date], role: Reminded) -> dict[tuple[int, date], EveningReminder]:
    """Who was told of which day, and by whom."""
    rows = EveningReminder.objects.filter(user__in=users, day__in=days, role=role).select_related("by")
    return {(row.user_id, row.day): row for row in rows}


def days_of(rows: Iterable[Appointment]) -> dict[tuple[int, date], list[Appointment]]:
    """The bookings by doctor and day."""
    found: dict[tuple[int, date], list[Appointment]] = {}
    for row in rows:
        found.setdefault((row.doctor_id, timezone.localdate(row.start)), []).append(row)
    return found
