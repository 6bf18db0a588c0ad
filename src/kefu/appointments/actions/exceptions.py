"""Days unlike the schedule: leave and extra hours. Bookings that leave hits are listed first, never dropped (APT-019)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.checking import check_extra, overlapping
from kefu.appointments.choices import ExceptionKind
from kefu.appointments.models import ScheduleException
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import hit_by
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import Node, Room, User

KIND = "appointments.schedule"


@action
def add_exception(*, doctor: User, day: date, kind: ExceptionKind, node: Node, opens: time | None = None, closes: time | None = None,
                  slot_minutes: int | None = None, room: Room | None = None, types: Sequence[str] = (), reason: str = "",
                  accept_hits: bool = False, by: User, at: datetime) -> ScheduleException:  # fmt: skip
    """Put leave or extra hours on a day. Leave that hits bookings is refused with their list until `accept_hits` says they are known.

    Raises Refused `hits_bookings` with details `bookings`, Invalid for a day that has passed, for extra hours without times or at a time
    when the doctor is elsewhere.
    """
    require(by, AppointmentPermission.SCHEDULE, node_id=node.pk)
    if day < timezone.localdate(at):
        raise Invalid.one("day", "past", _("这一天已经过去了。"))
    row = ScheduleException(
        doctor=doctor, day=day, kind=kind, node=node, room=room, opens=opens, closes=closes, slot_minutes=slot_minutes, types=list(types),
        reason=reason, by=by, at=at,
    )  # fmt: skip
    if kind == ExceptionKind.EXTRA:
        check_extra(row, node)
    elif opens and closes and closes <= opens:
        raise Invalid.one("closes", "order", _("结束时间要晚于开始时间；不能跨过零点，过零点的请分成两天填。"))
    hit = list(hit_by(doctor, day, opens, closes)) if kind == ExceptionKind.LEAVE else []
    if hit and not accept_hits:
        words = "、".join(f"{row.customer.name}" for row in hit)
        raise Refused(
            "hits_bookings",
            _("这天已有预约：%(names)s。请先改约，或确认仍要请假。") % {"names": words},
            {"bookings": len(hit)},
        )
    _keep(row)
    record("appointments.exception.added", by=by, at=at, subject=Subject(KIND, row.pk), node_id=node.pk,
           changes={kind: (None, f"{doctor.job_number} {day}")}, reason=reason)  # fmt: skip
    return row


@action
def remove_exception(*, exception: ScheduleException, reason: str, by: User, at: datetime) -> None:
    """Take leave or extra hours back."""
    if exception.node_id:
        require(by, AppointmentPermission.SCHEDULE, node_id=exception.node_id)
    require(by, AppointmentPermission.SCHEDULE)
    record("appointments.exception.removed", by=by, at=at, subject=Subject(KIND, exception.pk), node_id=exception.node_id,
           changes={exception.kind: (str(exception.day), None)}, reason=reason)  # fmt: skip
    exception.delete()


def _keep(row: ScheduleException) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Invalid([overlapping()]) from None
