"""A doctor falls ill: every booking of the day gets a decision, and what was left open is agreed on by telephone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time, timedelta
from typing import Any

from kefu.appointments.actions import Decision, renegotiate, take_leave
from kefu.appointments.amendments import of_leave
from kefu.appointments.choices import Settlement
from kefu.appointments.facing import faced
from kefu.appointments.models import Renegotiation
from kefu.appointments.queries.renegotiations import Ways, ways
from kefu.config.demo.year.agenda import Course
from kefu.config.demo.year.house import House

HOLD, CALL = timedelta(minutes=40), timedelta(minutes=7)
REPORTED = time(16, 20)


def ill(house: House, row: Mapping[str, Any]) -> Course:
    """Reported the afternoon before: every second booking is moved at once, with the others the centre speaks in the next hours."""
    doctor = house.people[row["doctor"]]
    hours, centre = house.hours(doctor.node.code), house.centre(doctor.node.code)
    at = yield hours.daily(house.day(row["day"]), REPORTED)
    day, director, manager = hours.daily(at, REPORTED).date(), house.people[centre["director"]], house.people[centre["managers"][0]]  # fmt: skip
    planned = of_leave(doctor, doctor.node, day, day, None, None, row["reason"], by=director, at=at)
    found = ways(faced(planned, director, at), at, planned.amend)
    decisions = {one.booking.pk: _decision(one, moved=place % 2 == 0) for place, one in enumerate(found)}
    take_leave(doctor=doctor, node=doctor.node, first=day, last=day, reason=row["reason"], decisions=decisions, by=director, at=at)  # fmt: skip
    at = yield at + HOLD
    for left in Renegotiation.objects.filter(appointment__in=decisions, outcome=Settlement.OPEN).order_by("pk"):
        for one in ways([left.appointment], at):
            decision = _decision(one, moved=True)
            if decision.outcome != Settlement.OPEN:
                renegotiate(renegotiation=left, decision=decision, by=manager, at=at)
        at = yield at + CALL


def _decision(one: Ways, *, moved: bool) -> Decision:
    """To the next slot of a later day, or agreed on with the customer."""
    later = [slot.start for slot in one.slots if slot.start.date() > one.booking.start.date()]
    return Decision(Settlement.MOVED, start=later[0]) if moved and later else Decision(Settlement.OPEN)
