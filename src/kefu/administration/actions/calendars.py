"""Holidays, make-up workdays, opening hours and festivals. Deadlines already promised stay as they were."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.utils.translation import gettext_lazy as _

from kefu.administration.permissions import AdministrationPermission
from kefu.administration.rules import opening_fault, write_hours
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record
from kefu.foundation.worktime.models import Calendar, Festival, Holiday, MakeupWorkday, OpeningHours
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import User

COUNTRY = "CN"


@action
def set_holiday(*, day: date, name: str, official: bool = True, by: User, at: datetime) -> Holiday:
    """Make a date a day off in every calendar that follows the public holidays. Raises Invalid without a name."""
    require(by, AdministrationPermission.CALENDAR_EDIT)
    if not name.strip():
        raise Invalid.one("name", "required", _("请写明是什么节日。"))
    if MakeupWorkday.objects.filter(country=COUNTRY, day=day).exists():
        raise Invalid.one("day", "makeup", _("这一天是调休上班日，请先去掉调休。"))
    holiday, _made = Holiday.objects.update_or_create(
        country=COUNTRY, day=day, defaults={"name": name.strip(), "official": official}
    )
    _record("holiday_set", by, at, {"day": (None, day), "name": (None, holiday.name)})
    return holiday


@action
def remove_holiday(*, day: date, by: User, at: datetime) -> None:
    """Make a date an ordinary one again."""
    require(by, AdministrationPermission.CALENDAR_EDIT)
    removed, _rows = Holiday.objects.filter(country=COUNTRY, day=day).delete()
    return _record("holiday_removed", by, at, {"day": (day, None)}) if removed else nothing_changed()


@action
def set_makeup_workday(*, day: date, works_as: int, name: str, by: User, at: datetime) -> MakeupWorkday:
    """Let a date be worked with the hours of another weekday (Monday 0), although it is a weekend or holiday."""
    require(by, AdministrationPermission.CALENDAR_EDIT)
    if works_as not in range(7):
        raise Invalid.one("works_as", "unknown", _("请选择按星期几上班。"))
    workday, _made = MakeupWorkday.objects.update_or_create(
        country=COUNTRY, day=day, defaults={"works_as": works_as, "name": name.strip()}
    )
    _record("makeup_set", by, at, {"day": (None, day), "works_as": (None, works_as)})
    return workday


@action
def remove_makeup_workday(*, day: date, by: User, at: datetime) -> None:
    """Take a make-up workday back."""
    require(by, AdministrationPermission.CALENDAR_EDIT)
    removed, _rows = MakeupWorkday.objects.filter(country=COUNTRY, day=day).delete()
    return _record("makeup_removed", by, at, {"day": (day, None)}) if removed else nothing_changed()


@action
def set_week(*, calendar: Calendar, week: Sequence[Sequence[tuple[time, time]]], by: User, at: datetime) -> None:
    """Say when each weekday is worked, Monday first; a day without ranges is closed. An end of 00:00 is the end of the day.

    Raises Invalid (`day0` to `day6`) for ranges that are empty or overlap.
    """
    require(by, AdministrationPermission.CALENDAR_EDIT)
    wanted = [sorted(ranges) for ranges in week]
    words = {"empty": _("下班时间要晚于上班时间。"), "overlap": _("几段时间有重叠，请分开填。")}
    faults = [(day, opening_fault(ranges)) for day, ranges in enumerate(wanted)]
    if wrong := [FieldError(f"day{day}", fault, words[fault]) for day, fault in faults if fault]:
        raise Invalid(wrong)
    held = list(Calendar.objects.select_for_update(no_key=True).get(pk=calendar.pk).hours.all())
    before = [[(row.opens, row.closes) for row in held if row.weekday == day] for day in range(7)]
    changes: dict[str, Change] = {
        f"day{day}": (write_hours(before[day]), write_hours(wanted[day]))
        for day in range(7)
        if before[day] != wanted[day]
    }
    if not changes:
        return nothing_changed()
    calendar.hours.all().delete()
    OpeningHours.objects.bulk_create(
        OpeningHours(calendar=calendar, weekday=day, opens=opens, closes=closes)
        for day, ranges in enumerate(wanted)
        for opens, closes in ranges
    )
    return _record("week_set", by, at, changes, Subject("worktime.calendar", calendar.pk))


@action
def set_festival(*, festival: Festival, follow_up: bool, lead_days: int, by: User, at: datetime) -> None:
    """Say whether a festival calls for a follow-up, and how many days before it the greeting leaves (FUP-001)."""
    require(by, AdministrationPermission.CALENDAR_EDIT)
    before = (festival.follow_up, festival.lead_days)
    if before == (follow_up, lead_days):
        return nothing_changed()
    festival.follow_up, festival.lead_days = follow_up, lead_days
    festival.save(update_fields=["follow_up", "lead_days"])
    changes: dict[str, Change] = {"follow_up": (before[0], follow_up), "lead_days": (before[1], lead_days)}
    return _record("festival_set", by, at, changes, Subject("worktime.festival", festival.pk))


def _record(verb: str, by: User, at: datetime, changes: dict[str, Change], subject: Subject | None = None) -> None:
    record(f"administration.calendar.{verb}", by=by, at=at, subject=subject, changes=changes)
