"""What follows from need and expected day: the grade, its rhythm and how soon to act (CUS-013 to CUS-015)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from kefu.customers.choices import Demand, Grade, Urgency
from kefu.kernel.months import add_months

NEAR = (Grade.A, Grade.B, Grade.C)
"""Grades of a clear need, by the time in which a deal is expected; later than that is D."""


def grade_of(demand: Demand, expected_on: date | None, today: date, months: Sequence[int]) -> Grade:
    """The grade that need and expected day of the deal give; `months` are the windows of A, B and C (CUS-014)."""
    if demand == Demand.DEAD:
        return Grade.E
    if demand == Demand.TARGET and expected_on is not None:
        for grade, window in zip(NEAR, months, strict=False):
            if expected_on <= add_months(today, window):
                return grade
    return Grade.D


def next_due(last_on: date, grade: Grade, days: Sequence[int]) -> date:
    """When the next tracking entry is due: the last one's day and the days of the grade, A to E (CUS-015)."""
    place = min(list(Grade).index(grade), len(days) - 1)
    return last_on + timedelta(days=days[place])


def urgency_of(expected_on: date, today: date, days: int, months: Sequence[int]) -> Urgency:
    """How soon to act: within so many days, within so many months, within so many more, or later (CUS-013)."""
    if expected_on <= today + timedelta(days=days):
        return Urgency.URGENT
    for urgency, window in zip((Urgency.FAIRLY, Urgency.NOT_URGENT), months, strict=False):
        if expected_on <= add_months(today, window):
            return urgency
    return Urgency.SLOW
