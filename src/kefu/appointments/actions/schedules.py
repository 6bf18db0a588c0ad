"""Clinic schedules: the hours of every week (APT-019)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kefu.appointments.checking import check_hours, overlapping
from kefu.appointments.models import ClinicSchedule, Equipment
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.rules import ONE_DAY
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node, Room, User

KIND = "appointments.schedule"


@action
def add_hours(*, doctor: User, node: Node, weekday: int, opens: time, closes: time, slot_minutes: int, valid_from: date,
              valid_to: date | None = None, room: Room | None = None, equipment: Equipment | None = None, types: Sequence[str] = (),
              capacity: int = 1, buffer_before: int = 0, buffer_after: int = 0, by: User, at: datetime) -> ClinicSchedule:  # fmt: skip
    """Give a doctor clinic hours on a weekday at a centre from a day on, up to but without another.

    With `types` only those may come; with a `capacity` above one several share a slot. Raises Invalid for impossible or overlapping hours.
    """
    require(by, AppointmentPermission.SCHEDULE, node_id=node.pk)
    row = ClinicSchedule(
        doctor=doctor, node=node, room=room, equipment=equipment, weekday=weekday, opens=opens, closes=closes, slot_minutes=slot_minutes,
        types=list(types), capacity=capacity, buffer_before=buffer_before, buffer_after=buffer_after, valid_from=valid_from,
        valid_to=valid_to, by=by, at=at,
    )  # fmt: skip
    check_hours(row)
    _keep(row)
    record("appointments.hours.added", by=by, at=at, subject=Subject(KIND, row.pk), node_id=node.pk,
           changes={"hours": (None, _words(row))})  # fmt: skip
    return row


@action
def end_hours(*, hours: ClinicSchedule, last_day: date, by: User, at: datetime) -> ClinicSchedule:
    """End clinic hours after a day; bookings already made stay and are to be renegotiated. Raises Invalid for a day before they begin."""
    require(by, AppointmentPermission.SCHEDULE, node_id=hours.node_id)
    if last_day < hours.valid_from:
        raise Invalid.one("last_day", "order", _("结束日期不能早于生效日期。"))
    finish_hours(hours=hours, last_day=last_day, by=by, at=at)
    return hours


@within_action
def finish_hours(*, hours: ClinicSchedule, last_day: date, by: User, at: datetime) -> None:
    """The same for a doctor who leaves, decided by whoever arranges that; hours that would only begin later are struck out."""
    subject, node_id = Subject(KIND, hours.pk), hours.node_id
    if hours.valid_from > last_day:
        hours.delete()
        record("appointments.hours.struck_out", by=by, at=at, subject=subject, node_id=node_id,
               changes={"hours": (_words(hours), None), "valid_from": (hours.valid_from, None)})  # fmt: skip
        return
    before, hours.valid_to = hours.valid_to, last_day + ONE_DAY
    hours.save(update_fields=["valid_to"])
    record("appointments.hours.ended", by=by, at=at, subject=subject, node_id=node_id,
           changes={"valid_to": (before, hours.valid_to)})  # fmt: skip


def _keep(row: ClinicSchedule) -> None:
    """Write a row; of two that overlap and were entered at once, the database takes one."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Invalid([overlapping()]) from None


def _words(hours: ClinicSchedule) -> str:
    return f"{hours.doctor.job_number} {hours.weekday} {hours.opens:%H:%M}-{hours.closes:%H:%M} / {hours.slot_minutes}"
