"""Loads the shipped calendars, holidays and festivals; what staff edited stays."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from kefu.foundation.audit.trail import action, record
from kefu.foundation.worktime.choices import GuardKind
from kefu.foundation.worktime.models import Calendar, CallingTime, Festival, Holiday, MakeupWorkday, OpeningHours
from kefu.kernel.worktime import WeekHours
from kefu.organisation.models import User

CALENDAR = Path(__file__).parent / "content" / "calendar.yaml"
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@action
def load_calendars(*, by: User | None, at: datetime) -> None:
    """Create calendars, holidays, make-up workdays, calling times and festivals that do not exist yet (FUP-001, FUP-002)."""
    content: dict[str, Any] = yaml.load(CALENDAR.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    for row in content["calendars"]:
        _calendar(row)
    for year in content["years"]:
        _year(content["country"], year)
    if not CallingTime.objects.exists():
        CallingTime.objects.bulk_create(
            CallingTime(kind=kind, opens=_time(row["from"]), closes=_time(row["to"]))
            for kind in GuardKind
            for row in content["calling_guard"][kind.value]
        )
    Festival.objects.bulk_create([_festival(row) for row in content["festivals"]], ignore_conflicts=True)
    record("worktime.calendars.loaded", by=by, at=at, changes={"version": (None, content["version"])})


def _calendar(row: dict[str, Any]) -> None:
    calendar, made = Calendar.objects.get_or_create(
        code=row["code"],
        defaults={
            "zh": row["zh"],
            "en": row["en"],
            "holidays": row["holidays"] or "",
            "makeup_workdays": row["makeup_workdays"],
            "receives_until": _time(row["sample_cutoff"]) if "sample_cutoff" in row else None,
        },
    )
    if made:
        OpeningHours.objects.bulk_create(
            OpeningHours(calendar=calendar, weekday=weekday, opens=opens, closes=closes)
            for weekday, hours in enumerate(WeekHours.parse(row["week"]).days)
            for opens, closes in hours
        )


def _year(country: str, year: dict[str, Any]) -> None:
    official = year["status"] == "official"
    Holiday.objects.bulk_create(
        [
            Holiday(country=country, day=day, name=row["zh"], official=official)
            for row in year["holidays"]
            for day in _days(row["from"], row["to"])
        ],
        ignore_conflicts=True,
    )
    MakeupWorkday.objects.bulk_create(
        [
            MakeupWorkday(country=country, day=row["date"], works_as=WEEKDAYS.index(row["works_as"]), name=row["zh"])
            for row in year["makeup_workdays"]
        ],
        ignore_conflicts=True,
    )


def _festival(row: dict[str, Any]) -> Festival:
    rule = row["rule"]
    return Festival(
        code=row["code"], zh=row["zh"], en=row["en"], lunar=rule["calendar"] == "lunar", month=rule["month"], day=rule["day"],
        follow_up=row["follow_up_holiday"], greeting_template=row["greeting_template"], lead_days=row["lead_days"],
    )  # fmt: skip


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _time(text: str | int) -> time:
    return time(0) if text in ("24:00", 1440) else time.fromisoformat(str(text))
