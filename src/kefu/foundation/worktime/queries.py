"""Calendars from their rows, in one query each, and what the frame says of today."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.foundation.worktime.choices import GuardKind
from kefu.foundation.worktime.models import Calendar, CallingTime, ClosedDay, Festival, Holiday
from kefu.kernel.lunar import lunar_birthday_in
from kefu.kernel.worktime import DayHours, WeekHours, WorkCalendar, ranges_on
from kefu.organisation.models import Node

ALWAYS = WorkCalendar(WeekHours((((time(0), time(0)),),) * 7))

_ROWS = """
    array(SELECT h.weekday FROM worktime_openinghours h WHERE h.calendar_id = c.id ORDER BY h.weekday, h.opens),
    array(SELECT h.opens FROM worktime_openinghours h WHERE h.calendar_id = c.id ORDER BY h.weekday, h.opens),
    array(SELECT h.closes FROM worktime_openinghours h WHERE h.calendar_id = c.id ORDER BY h.weekday, h.opens),
    array(SELECT d.day FROM worktime_holiday d WHERE d.country = c.holidays),
    array(SELECT m.day FROM worktime_makeupworkday m WHERE c.makeup_workdays AND m.country = c.holidays ORDER BY m.day),
    array(SELECT m.works_as FROM worktime_makeupworkday m WHERE c.makeup_workdays AND m.country = c.holidays ORDER BY m.day)
"""
_CALENDAR = f"SELECT {_ROWS} FROM worktime_calendar c WHERE c.code = %s"  # noqa: S608  our own text
_OF_NODES = f"""
    SELECT n.id, c.id, array(SELECT x.day FROM worktime_closedday x WHERE x.node_id = n.id), {_ROWS}
    FROM organisation_node n LEFT JOIN worktime_calendar c ON c.code = n.calendar_code WHERE n.id = ANY(%s)
"""  # noqa: S608  our own text


def calendar_of(code: str) -> WorkCalendar:
    """The calendar of a code; one that does not exist is always open, so that a wrong code delays nobody's deadline."""
    with connection.cursor() as cursor:
        cursor.execute(_CALENDAR, [code])
        row = cursor.fetchone()
    return ALWAYS if row is None else _calendar(row)


def calendars_for(nodes: Iterable[Node]) -> dict[int, WorkCalendar]:
    """The calendars of nodes by the node's id, each with the days on which that very node stays closed; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_NODES, [[node.pk for node in nodes]])
        found = cursor.fetchall()
    return {
        node_id: _less(ALWAYS if calendar_id is None else _calendar(rows), closed)
        for node_id, calendar_id, closed, *rows in found
    }


def calendar_for(node: Node, code: str = "") -> WorkCalendar:
    """The calendar of a node; `code` names another unless it is the word "centre", which means the node's own."""
    return calendars_for([node])[node.pk] if code in ("", "centre") else calendar_of(code)


def _calendar(row: Sequence[Any]) -> WorkCalendar:
    weekdays, opens, closes, holidays, makeup, works_as = row
    ranges = list(zip(weekdays, opens, closes, strict=True))
    week: list[DayHours] = [tuple((start, end) for on, start, end in ranges if on == day) for day in range(7)]
    return WorkCalendar(WeekHours(tuple(week)), frozenset(holidays), dict(zip(makeup, works_as, strict=True)))


def _less(calendar: WorkCalendar, closed: Sequence[date]) -> WorkCalendar:
    """The calendar without the days on which a place stays closed: what is said of one place wins over what is said of all."""
    if not closed:
        return calendar
    makeup = {day: weekday for day, weekday in calendar.makeup.items() if day not in closed}
    return WorkCalendar(calendar.week, calendar.holidays.union(closed), makeup, calendar.tz)


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
    off = ClosedDay.objects.filter(node=node, day=day).first() or Holiday.objects.filter(day=day).first()
    return off.name if off else _("休息日")
