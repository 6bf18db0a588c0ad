"""Why a slot is not to be had, with other times to offer, or a booking not to be changed (APT-003, APT-007, APT-013)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import OperationalError
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import OCCUPYING
from kefu.appointments.models import Appointment
from kefu.appointments.queries import offers
from kefu.appointments.rules import Bar
from kefu.kernel.errors import Refused
from kefu.organisation.models import Node, User

P = ParamSpec("P")
R = TypeVar("R")
DEADLOCK = "40P01"
TAKEN = _("这个时间刚被约走，请另选。")
BAR_WORDS = {
    Bar.TOO_LATE: _("离预约时间太近或已经开始，不能再改；确需改动请主管写明原因办理。"),
    Bar.TOO_OFTEN: _("这个预约改过的次数已到上限；确需改动请主管写明原因办理。"),
}


def clash(wanted: Appointment, at: datetime, *, full: bool = False) -> Refused:
    """What stands in the way of a booking; the customer's own bookings are named only where doctor, room and equipment are free."""
    needed = Q(doctor=wanted.doctor_id) | Q(room__isnull=False, room=wanted.room_id)
    needed |= Q(equipment__isnull=False, equipment=wanted.equipment_id)
    standing = Appointment.with_holds.standing(at).exclude(pk=wanted.pk)
    others = standing.occupying(wanted.blocked or wanted.during).filter(needed)
    told: dict[str, object] = {"alternatives": offers(wanted.doctor, wanted.node, wanted.start, at, wanted.type_id)}
    taken = Refused("slot_taken", TAKEN, told)
    if full or others.exclude(session__isnull=False, session=wanted.session).exists():
        return taken
    mine = standing.filter(customer__isnull=False, customer=wanted.customer_id, status__in=OCCUPYING)
    if mine.filter(during__overlap=wanted.during).exists():
        return Refused("customer_busy", _("客户这个时间已有别的预约。"), told)
    away = standing.filter(doctor=wanted.doctor_id, status__in=OCCUPYING).exclude(node=wanted.node_id)
    if away.filter(reach__overlap=wanted.reach).exists():
        return Refused("on_the_way", _("医生那时在去另一个中心的路上，请另选。"), told)
    return taken


def faster(doctor: User, node: Node, start: datetime, at: datetime) -> Refused:
    """Somebody was faster."""
    return Refused("slot_taken", TAKEN, {"alternatives": offers(doctor, node, start, at)})


def first_come(verb: Callable[P, R]) -> Callable[P, R]:
    """Of people who wait for each other at slots PostgreSQL stops one, who is told the same as anybody who came second.

    Stands outside the verb's transaction, so that what the verb began is gone and other times can be looked for.
    """

    @wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return verb(*args, **kwargs)
        except OperationalError as error:
            if getattr(error.__cause__, "sqlstate", None) != DEADLOCK:
                raise
            raise faster(*_wanted(kwargs)) from None

    return run


def _wanted(given: dict[str, Any]) -> tuple[User, Node, datetime, datetime]:
    row: Appointment | None = given.get("appointment")
    if row is None:
        return given["doctor"], given["node"], given["start"], given["at"]
    return (
        given.get("doctor") or row.doctor,
        given.get("node") or row.node,
        given.get("start") or row.start,
        given["at"],
    )
