"""Statistics of bookings by centre, time, doctor, item or source: a constant number of queries, within one's scope (APT-010, RPT-001)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import (
    Aggregate,
    Count,
    DateField,
    DurationField,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Sum,
)  # fmt: skip
from django.db.models.functions import ExtractHour, TruncDay, TruncMonth, TruncWeek

from kefu.appointments.cancel_reasons import reason_label
from kefu.appointments.choices import COUNTED, OCCUPYING, Channel, Grouping
from kefu.appointments.choices import AppointmentStatus as Status
from kefu.appointments.figures import Figures
from kefu.appointments.models import Appointment
from kefu.appointments.queries.capacity import offered_between, seen_schedules
from kefu.appointments.queries.types import all_choices
from kefu.appointments.rules import Slot
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, User

DAY = timedelta(days=1)
Key = Any
"""What a group is known by: an id, a day, an hour or a code."""
KEYS: Mapping[Grouping, Any] = {
    Grouping.CENTRE: F("node_id"),
    Grouping.DAY: TruncDay("starts", tzinfo=SHANGHAI, output_field=DateField()),
    Grouping.WEEK: TruncWeek("starts", tzinfo=SHANGHAI, output_field=DateField()),
    Grouping.MONTH: TruncMonth("starts", tzinfo=SHANGHAI, output_field=DateField()),
    Grouping.TIME: ExtractHour("starts", tzinfo=SHANGHAI),
    Grouping.DOCTOR: F("doctor_id"),
    Grouping.TYPE: F("type"),
    Grouping.CHANNEL: F("channel"),
}
PLACES: Mapping[Grouping, Callable[[Slot], Key]] = {
    Grouping.CENTRE: lambda one: one.node_id,
    Grouping.DAY: lambda one: _day(one),
    Grouping.WEEK: lambda one: _day(one) - DAY * _day(one).weekday(),
    Grouping.MONTH: lambda one: _day(one).replace(day=1),
    Grouping.TIME: lambda one: one.start.hour,
    Grouping.DOCTOR: lambda one: one.doctor_id,
}
"""By which of them a slot of the schedule is in one group; items and sources share the slots."""


@dataclass(frozen=True)
class Asked:
    """Which bookings: those that begin in `[first, end)`, of a centre, a doctor, an item, a source."""

    first: date
    end: date
    node_id: int | None = None
    doctor_id: int | None = None
    type: str = ""
    channel: str = ""


@dataclass(frozen=True)
class Group:
    """A line of the statistics."""

    key: Key
    label: str
    figures: Figures


@dataclass(frozen=True)
class Statistics:
    """The lines by the chosen grouping, all together, and why bookings were cancelled."""

    groups: list[Group]
    total: Figures
    reasons: list[tuple[str, str, int]]


class Median(Aggregate):
    """The middle of all values."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"


def statistics(user: User, asked: Asked, by: Grouping, *also: Q) -> Statistics:
    """What became of the bookings the person sees, beside what the schedules offered. `also`: further conditions on both. At most nine queries."""
    rows = bookings(user, asked).filter(*also)
    slots, minutes = _capacity(user, asked, by, also)
    found = {row.pop("key"): row for row in _summed(rows.annotate(key=KEYS[by]).values("key").order_by(), user)}
    known = by in PLACES
    groups = {
        key: _beside(_figures(found.get(key, {})), slots, minutes, key) if known else _figures(found[key])
        for key in {*found, *(slots if known else ())}
    }
    labels = _labels(by, groups)
    total = replace(_figures(_all(rows, user)), slots=sum(slots.values()), minutes=sum(minutes.values()))
    lines = [Group(key, labels[key], groups[key]) for key in _ordered(by, groups, labels)]
    return Statistics(lines, total, _reasons(rows))


def bookings(user: User, asked: Asked) -> QuerySet[Appointment]:
    """The bookings asked for, as far as the person sees them; places held for somebody are no bookings."""
    begins, ends = (datetime.combine(day, time(), SHANGHAI) for day in (asked.first, asked.end))
    rows = Appointment.objects.visible_to(user).annotate(starts=F("during__startswith"))
    rows = rows.filter(starts__gte=begins, starts__lt=ends, status__in=COUNTED)
    chosen = {"node": asked.node_id, "doctor": asked.doctor_id, "type": asked.type, "channel": asked.channel}
    return rows.filter(**{name: value for name, value in chosen.items() if value})


def _summed(rows: QuerySet[Any, Any], user: User) -> Iterable[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = rows.annotate(**_sums(user))
    return found


def _all(rows: QuerySet[Appointment], user: User) -> dict[str, Any]:
    return rows.aggregate(**_sums(user))


def _sums(user: User) -> dict[str, Aggregate]:
    lasts = ExpressionWrapper(F("during__endswith") - F("during__startswith"), DurationField())
    ahead = ExpressionWrapper(F("during__startswith") - F("booked_at"), DurationField())
    return {
        "booked": Count("pk"),
        "arrived": _count(Q(status__in=(Status.ARRIVED, Status.COMPLETED))),
        "completed": _count(Q(status=Status.COMPLETED)),
        "no_show": _count(Q(status=Status.NO_SHOW)),
        "cancelled": _count(Q(status=Status.CANCELLED)),
        "late": _count(Q(status=Status.CANCELLED, cancellation__late=True)),
        "time": Sum(lasts, filter=Q(status__in=OCCUPYING) & seen_schedules(user)),
        "lead": Median(ahead, output_field=DurationField()),
    }


def _count(which: Q) -> Count:
    return Count("pk", filter=which)


def _figures(row: Mapping[str, Any]) -> Figures:
    counts = {name: value for name, value in row.items() if name != "time"}
    return Figures(**counts, taken=int((row.get("time") or timedelta()).total_seconds()) // 60)


def _capacity(user: User, asked: Asked, by: Grouping, also: Iterable[Q]) -> tuple[Counter[Key], Counter[Key]]:
    """How many slots and minutes there are in each group."""
    slots: Counter[Key] = Counter()
    minutes: Counter[Key] = Counter()
    place = PLACES.get(by)
    chosen = _same("node", asked.node_id) & _same("doctor", asked.doctor_id)
    for one in offered_between(user, asked.first, asked.end, chosen, *also, type=asked.type):
        key = place(one) if place else None
        slots[key] += one.left
        minutes[key] += one.left * (int((one.end - one.start).total_seconds()) // 60)
    return slots, minutes


def _same(name: str, value: int | None) -> Q:
    return Q(**{name: value}) if value else Q()


def _day(slot: Slot) -> date:
    return slot.start.astimezone(SHANGHAI).date()


def _beside(figures: Figures, slots: Counter[Key], minutes: Counter[Key], key: Key) -> Figures:
    return replace(figures, slots=slots[key], minutes=minutes[key])


def _labels(by: Grouping, keys: Iterable[Key]) -> Mapping[Key, str]:
    if by == Grouping.CENTRE:
        return {node.pk: node.label for node in Node.objects.filter(pk__in=list(keys))}
    if by == Grouping.DOCTOR:
        return dict(User.objects.filter(pk__in=list(keys)).values_list("pk", "name"))
    if by == Grouping.TYPE:
        return dict(all_choices())
    return {key: label_of(by, key) for key in keys}


def label_of(by: Grouping, key: Key) -> str:
    """A day, week, month, hour or source in words."""
    match by:
        case Grouping.DAY:
            return f"{key:%Y-%m-%d}"
        case Grouping.WEEK:
            return f"{key:%m-%d} – {key + 6 * DAY:%m-%d}"
        case Grouping.MONTH:
            return f"{key:%Y-%m}"
        case Grouping.TIME:
            return f"{key:02}:00–{key + 1:02}:00"
        case _:
            return str(dict(Channel.choices).get(key, key))


def _ordered(by: Grouping, groups: Mapping[Key, Figures], labels: Mapping[Key, str]) -> list[Key]:
    """Times in their order, the rest by the number of bookings."""
    if by in (Grouping.DAY, Grouping.WEEK, Grouping.MONTH, Grouping.TIME):
        return sorted(groups)
    return sorted(groups, key=lambda key: (-groups[key].booked, labels[key]))


def _reasons(rows: QuerySet[Appointment]) -> list[tuple[str, str, int]]:
    """Code, words and number of each reason of cancellation, the most frequent first; without a code: not said."""
    cancelled = rows.filter(status=Status.CANCELLED).order_by()
    counted = (
        cancelled.values_list("cancellation__code").annotate(many=Count("pk")).order_by("-many", "cancellation__code")
    )
    return [(code or "", reason_label(code or ""), many) for code, many in counted]
