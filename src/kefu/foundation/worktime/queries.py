"""Calendars from their rows, in one query each, and what the frame says of today."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.foundation.worktime.choices import GuardKind
from kefu.foundation.worktime.models import Calendar, CallingTime, Festival, Holiday
from kefu.kernel.lunar import lunar_birthday_in
from kefu.kernel.worktime import DayHours, WeekHours, WorkCalendar, ranges_on
from kefu.organisation.models import Node

ALWAYS = WorkCalendar(WeekHours((((time(0), time(0)),),) * 7))

_CALENDAR = """
    SELECT array(SELECT h.weekday FROM worktime_openinghours h WHERE h.calendar_id = c.id ORDER BY h.weekday, h.opens),
           array(SELECT h.opens FROM worktime_openinghours h WHERE h.calendar_id = c.id ORDER BY h.weekday, h.opens),
           array(SELECT h.closes FROM worktime_openinghours h WHERE h.calendar_id = c.id ORDER BY h.weekday, h.opens),
           array(SELECT d.day FROM worktime_holiday d WHERE d.country = c.holidays),
           array(SELECT m.day FROM worktime_makeupworkday m WHERE c.makeup_workdays AND m.country = c.holidays ORDER BY m.day),
           array(SELECT m.works_as FROM worktime_makeupworkday m WHERE c.makeup_workdays AND m.country = c.holidays ORDER BY m.day)
    FROM worktime_calendar c WHERE c.code = %s
"""


def calendar_of(code: str) -> WorkCalendar:
    """The calendar of a code; one that does not exist is always open, so that a wrong code delays nobody's deadline."""
    with connection.cursor() as cursor:
        cursor.execute(_CALENDAR, [code])
        row = cursor.fetchone()
    if row is None:
        return ALWAYS
    weekdays, opens, closes, holidays, makeup, works_as = row
    ranges = list(zip(weekdays, opens, closes, strict=True))
    week: list[DayHours] = [tuple((start, end) for on, start, end in ranges if on == day) for day in range(7)]
    return WorkCalendar(WeekHours(tuple(week)), frozenset(holidays), dict(zip(makeup, works_as, strict=True)))


def calendar_for(node: Node, code: str = "") -> WorkCalendar:
    """The calendar of a node; `code` names another unless it is the word "centre", which means the node's own."""
    return calendar_of(node.calendar_code if code in ("", "centre") else code)


def receives_until(code: str) -> time | None:
    """The time of day after which what arrives counts for the next working day; None: no such time."""
    row = Calendar.objects.filter(code=code).only("receives_until").first()
    return row.receives_until if row else None


def calling_times(kind: GuardKind) -> list[tuple[time, time]]:
    """Times of the day to avoid, or the best ones, as `[from, to)`."""
    return list(CallingTime.objects.filter(kind=kind).values_list("opens", "closes"))


def festivals_between(start: date, end: date) -> list[tuple[Festival, date]]:
    """Festivals that call for a follow-up and fall in `[start, end)`, by date."""
    found = [
        (festival, day)
        for festival in Festival.objects.filter(follow_up=True)
        for year in range(start.year - 1, end.year + 1)
        if start <= (day := festival_in(festival, year)) < end
    ]
    return sorted(found, key=lambda pair: pair[1])


def festival_in(festival: Festival, year: int) -> date:
    """The solar date of a festival in a (lunar) year."""
    if festival.lunar:
        return lunar_birthday_in(year, festival.month, festival.day, False)
    return date(year, festival.month, festival.day)


def day_note(node: Node, at: datetime) -> str:
    """What today is at a node: a working day and when it closes, or a day off and its name."""
    day = timezone.localdate(at)
    ranges = ranges_on(calendar_for(node), day)
    if ranges:
        closes = timezone.localtime(ranges[-1].end - timedelta(0))
        return _("工作日 %(time)s 下班") % {"time": f"{closes:%H:%M}"}
    holiday = Holiday.objects.filter(day=day).first()
    return holiday.name if holiday else _("休息日")
