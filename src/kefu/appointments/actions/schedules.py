"""Clinic schedules: the hours of every week (APT-019)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.deciding import Decisions, decide, face, forget_covered, hold_edited
from kefu.appointments.amendments import continued_sessions, of_change, of_end
from kefu.appointments.checking import check_hours, overlapping
from kefu.appointments.models import ClinicSchedule, Equipment
from kefu.appointments.rights import require_schedule
from kefu.appointments.rules import ONE_DAY
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import Node, Room, User

KIND = "appointments.schedule"
NONE: Decisions = {}


@action
def add_hours(*, doctor: User, node: Node, weekday: int, opens: time, closes: time, slot_minutes: int, valid_from: date,
              valid_to: date | None = None, room: Room | None = None, equipment: Equipment | None = None, types: Sequence[str] = (),
              capacity: int = 1, buffer_before: int = 0, buffer_after: int = 0, by: User, at: datetime) -> ClinicSchedule:  # fmt: skip
    """Give a doctor clinic hours on a weekday at a centre from a day on, up to but without another.

    With `types` only those may come; with a `capacity` above one several share a slot. Raises Invalid for impossible or overlapping hours.
    """
    require_schedule(by, doctor, node.pk)
    row = ClinicSchedule(
        doctor=doctor, node=node, room=room, equipment=equipment, weekday=weekday, opens=opens, closes=closes, slot_minutes=slot_minutes,
        types=list(types), capacity=capacity, buffer_before=buffer_before, buffer_after=buffer_after, valid_from=valid_from,
        valid_to=valid_to, by=by, at=at,
    )  # fmt: skip
    hold_edited(doctors=[doctor.pk])
    check_hours(row)
    _keep(row)
    record("appointments.hours.added", by=by, at=at, subject=Subject(KIND, row.pk), node_id=node.pk,
           changes={"hours": (None, _words(row))})  # fmt: skip
    forget_covered(doctors=[doctor.pk], by=by, at=at)
    return row


@action
def change_hours(*, hours: ClinicSchedule, since: date, weekday: int, opens: time, closes: time, slot_minutes: int, room: Room | None = None,
                 equipment: Equipment | None = None, types: Sequence[str] = (), capacity: int = 1, buffer_before: int = 0,
                 buffer_after: int = 0, reason: str = "", decisions: Decisions = NONE, by: User, at: datetime) -> ClinicSchedule:  # fmt: skip
    """From a day on let other hours hold; the row of before stays as it was until then.

    Raises Refused `hits_bookings` while a booking that this breaks is without a decision, `ended` for a row that is over by then, Invalid for
    impossible or overlapping hours or a day that has passed.
    """
    require_schedule(by, hours.doctor, hours.node_id)
    if since < timezone.localdate(at):
        raise Invalid.one("since", "past", _("这一天已经过去了。"))
    row = ClinicSchedule(
        doctor=hours.doctor, node=hours.node, room=room, equipment=equipment, weekday=weekday, opens=opens, closes=closes,
        slot_minutes=slot_minutes, types=list(types), capacity=capacity, buffer_before=buffer_before, buffer_after=buffer_after,
        valid_from=max(since, hours.valid_from), valid_to=hours.valid_to, replaces=hours, by=by, at=at,
    )  # fmt: skip
    _still(hours, row.valid_from)
    row.sessions_of_id = continued_sessions(hours, row)
    check_hours(row, instead_of=hours)
    amendment = of_change(hours, row, reason, by=by)
    hits = face(amendment=amendment, decisions=decisions, by=by, at=at)
    _end(hours, row.valid_from, by, at, reason)
    _keep(row)
    record("appointments.hours.changed", by=by, at=at, subject=Subject(KIND, row.pk), node_id=row.node_id,
           changes={"hours": (_words(hours), _words(row)), "from": (None, row.valid_from)}, reason=reason)  # fmt: skip
    decide(amendment=amendment, hits=hits, decisions=decisions, by=by, at=at)
    forget_covered(doctors=[row.doctor_id], by=by, at=at)
    return row


@action
def end_hours(*, hours: ClinicSchedule, last_day: date, reason: str = "", decisions: Decisions = NONE,
              by: User, at: datetime) -> ClinicSchedule:  # fmt: skip
    """End clinic hours after a day. Raises Refused `hits_bookings` while a booking that this breaks is without a decision, `ended` for hours
    that are over by then, Invalid for a day before they begin or before today.
    """
    amendment = of_end(hours, last_day, reason, by=by, at=at)
    hits = face(amendment=amendment, decisions=decisions, by=by, at=at)
    _end(hours, last_day + ONE_DAY, by, at, reason)
    decide(amendment=amendment, hits=hits, decisions=decisions, by=by, at=at)
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


def _end(hours: ClinicSchedule, since: date, by: User, at: datetime, reason: str) -> None:
    """End a row before a day; somebody else may have ended it meanwhile."""
    hours.refresh_from_db()
    _still(hours, since)
    before, hours.valid_to = hours.valid_to, since
    hours.save(update_fields=["valid_to"])
    record("appointments.hours.ended", by=by, at=at, subject=Subject(KIND, hours.pk), node_id=hours.node_id,
           changes={"valid_to": (before, hours.valid_to)}, reason=reason)  # fmt: skip


def _still(hours: ClinicSchedule, since: date) -> None:
    if hours.valid_to is not None and hours.valid_to <= max(since, hours.valid_from):
        raise Refused("ended", _("这段出诊时间到那时已经结束，请看最新的时间表。"))


def _keep(row: ClinicSchedule) -> None:
    """Write a row; of two that overlap and were entered at once, the database takes one."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Invalid([overlapping()]) from None


def _words(hours: ClinicSchedule) -> str:
    return f"{hours.doctor.job_number} {hours.weekday} {hours.opens:%H:%M}-{hours.closes:%H:%M} / {hours.slot_minutes}"
