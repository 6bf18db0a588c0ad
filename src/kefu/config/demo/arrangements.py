"""What directors and personnel have arranged: groups of customers to work with, and a colleague who is about to leave."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from kefu.config.demo.days import Days
from kefu.config.demo.world import World
from kefu.customers.actions.segments import add_segment
from kefu.foundation.worktime.queries import calendar_for
from kefu.organisation.models import Node, User
from kefu.people.actions.departures import open_departure

DESK = "HQ"


def arranged_at(world: World, row: dict[str, Any]) -> datetime:
    """When it was written down."""
    return _days(world).moment(str(row["days"]), row["time"])


def define_group(row: dict[str, Any], at: datetime) -> None:
    """A health manager keeps a group of customers by what they have in common."""
    by, node = User.objects.get(job_number=row["by"]), Node.objects.get(code=row["node"])
    add_segment(name=row["name"], node=node, definition=row["definition"], by=by, at=at)


def announce_leaving(world: World, row: dict[str, Any], at: datetime) -> None:
    """Personnel writes down that somebody leaves."""
    by, user = User.objects.get(job_number=row["by"]), User.objects.get(job_number=row["job_number"])
    open_departure(user=user, reason=row["reason"], last_day=_days(world).day(row["last_day"]), by=by, at=at)


def _days(world: World) -> Days:
    return Days(world.today, calendar_for(Node.objects.get(code=DESK)), ())
