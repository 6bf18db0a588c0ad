"""Report dates and return dates from the calendars and limits that count on a day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone

from kefu.foundation.worktime.queries import calendar_for, calendar_of, receives_until
from kefu.kernel.worktime import add_workdays
from kefu.lab.choices import KitMode
from kefu.lab.limits import RETURN_HANDED, RETURN_ON_SITE, RETURN_POSTED, TURNAROUND_IN_CALENDAR_DAYS
from kefu.lab.rules import DueDate, Reckoning, report_due
from kefu.organisation.models import Node
from kefu.products.models import TestItem

LABORATORY = "laboratory"
RETURN_DAYS = {KitMode.ON_SITE: RETURN_ON_SITE, KitMode.HANDED: RETURN_HANDED, KitMode.POSTED: RETURN_POSTED}


def reckoning(node: Node, at: datetime) -> Reckoning:
    """How the laboratory counts days for a centre."""
    in_calendar_days = TURNAROUND_IN_CALENDAR_DAYS.on(at, node_id=node.pk)
    return Reckoning(calendar_of(LABORATORY), receives_until(LABORATORY), bool(in_calendar_days))


def due_date(node: Node, items: Iterable[TestItem], at: datetime) -> tuple[DueDate, bool]:
    """The report date of a set of tests whose samples come in at `at`, and whether it is counted in calendar days (LAB-004)."""
    how = reckoning(node, at)
    return report_due(how, at, [item.turnaround_days for item in items]), how.calendar_days


def return_date(node: Node, mode: KitMode, at: datetime) -> date:
    """The day on which the sample of a kit handed out at `at` should have come in."""
    days = RETURN_DAYS[mode].on(at, node_id=node.pk)
    return add_workdays(calendar_for(node), timezone.localdate(at), days)
