"""Finding a booking from whatever the customer says (APT-009)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.contrib.postgres.fields.ranges import RangeEndsWith, RangeStartsWith
from django.db.models import Q
from django.db.models.functions import TruncTime

from kefu.appointments.choices import PartOfDay
from kefu.appointments.models import Appointment
from kefu.appointments.queries.clinics import day_span
from kefu.foundation.search.tokens import Query, parse
from kefu.kernel.ids import parse_ident
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import User

LONG_AGO, FAR = date(1900, 1, 1), date(9999, 1, 1)
PARTS = {
    PartOfDay.MORNING: (time(0), time(12)),
    PartOfDay.AFTERNOON: (time(12), time(18)),
    PartOfDay.EVENING: (time(18), time.max),
}


@dataclass(frozen=True)
class Sought:
    """What is known of a booking. `text` is anything of the customer: name, pinyin, phone or its tail, e-mail, card or archive number."""

    text: str = ""
    first: date | None = None
    last: date | None = None
    time: time | None = None
    part: str = ""
    node: int | None = None
    doctor: int | None = None
    type: str = ""
    status: str = ""
    channel: str = ""
    only: tuple[int, ...] | None = None


def find(user: User, sought: Sought) -> Any:
    """Bookings (a queryset of them) within the person's scope that fit, with `starts` to order by: one statement, permission included."""
    rows: Any = Appointment.objects.visible_to(user).annotate(starts=RangeStartsWith("during"))
    rows = rows.filter(_customer(sought.text)) if sought.text.strip() else rows
    if sought.first or sought.last:
        span = day_span(sought.first or LONG_AGO, sought.last or FAR)
        rows = rows.filter(starts__gte=span.lower, starts__lt=span.upper)
    if sought.time is not None or sought.part in PARTS:
        rows = _on_the_clock(rows, sought)
    exact = {
        "node": sought.node, "doctor": sought.doctor, "type": sought.type, "status": sought.status, "channel": sought.channel,
    }  # fmt: skip
    rows = rows.filter(**{name: value for name, value in exact.items() if value})
    return rows if sought.only is None else rows.filter(pk__in=sought.only)


def _on_the_clock(rows: Any, sought: Sought) -> Any:
    rows = rows.annotate(clock=TruncTime(RangeStartsWith("during"), tzinfo=SHANGHAI))
    if sought.part in PARTS:
        begin, end = PARTS[PartOfDay(sought.part)]
        rows = rows.filter(clock__gte=begin, clock__lt=end)
    if sought.time is not None:
        rows = rows.annotate(until=TruncTime(RangeEndsWith("during"), tzinfo=SHANGHAI))
        rows = rows.filter(clock__lte=sought.time, until__gt=sought.time)
    return rows


def _customer(text: str) -> Q:
    """Somebody whose archive carries all of the text; or the booking of that number."""
    query: Query = parse(text)
    named = parse_ident(text.strip(), "apt")
    fits = Q(customer__grams__contains=query.tokens) if query.tokens else Q()
    for run in query.runs:
        if not run.exact:
            fits &= Q(customer__search_text__contains=run.text)
    if not query.runs:
        fits = Q(pk__in=[])
    return fits | Q(pk=named) if named else fits
