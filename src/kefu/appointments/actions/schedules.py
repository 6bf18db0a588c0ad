"""Clinic schedules: hours per weekday, leave and extra hours. Bookings that leave hits are listed first, never dropped (APT-019)."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import ExceptionKind
from kefu.appointments.models import ClinicSchedule, ScheduleException
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import hit_by
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import Node, Room, User

KIND = "appointments.schedule"


@action
def add_hours(*, doctor: User, node: Node, weekday: int, opens: time, closes: time, slot_minutes: int, valid_from: date,
              room: Room | None = None, by: User, at: datetime) -> ClinicSchedule:  # fmt: skip
    """Give a doctor clinic hours on a weekday at a centre from a day on. Raises Invalid for impossible or overlapping hours."""
    require(by, AppointmentPermission.SCHEDULE, node_id=node.pk)
    _check(doctor, weekday, opens, closes, slot_minutes, valid_from)
    row = ClinicSchedule.objects.create(
        doctor=doctor,
        node=node,
        room=room,
        weekday=weekday,
        opens=opens,
        closes=closes,
        slot_minutes=slot_minutes,
        valid_from=valid_from,
    )
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
    before, hours.valid_to = hours.valid_to, date.fromordinal(last_day.toordinal() + 1)
    hours.save(update_fields=["valid_to"])
    record("appointments.hours.ended", by=by, at=at, subject=subject, node_id=node_id,
           changes={"valid_to": (before, hours.valid_to)})  # fmt: skip


@action
def add_exception(*, doctor: User, day: date, kind: ExceptionKind, node: Node, opens: time | None = None, closes: time | None = None,
                  slot_minutes: int | None = None, reason: str = "", accept_hits: bool = False, by: User, at: datetime) -> ScheduleException:  # fmt: skip
    """Put leave or extra hours on a day. Leave that hits bookings is refused with their list until `accept_hits` says they are known.

    Raises Refused `hits_bookings` with details `bookings`, Invalid for extra hours without times.
    """
    require(by, AppointmentPermission.SCHEDULE, node_id=node.pk)
    if kind == ExceptionKind.EXTRA and not (opens and closes and opens < closes):
        raise Invalid.one("opens", "required", _("加诊要写起止时间。"))
    hit = list(hit_by(doctor, day)) if kind == ExceptionKind.LEAVE else []
    if hit and not accept_hits:
        words = "、".join(f"{row.customer.name}" for row in hit)
        raise Refused(
            "hits_bookings",
            _("这天已有预约：%(names)s。请先改约，或确认仍要请假。") % {"names": words},
            {"bookings": len(hit)},
        )
    row = ScheduleException.objects.create(
        doctor=doctor,
        day=day,
        kind=kind,
        node=node,
        opens=opens,
        closes=closes,
        slot_minutes=slot_minutes,
        reason=reason,
        by=by,
        at=at,
    )
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


def _words(hours: ClinicSchedule) -> str:
    return f"{hours.doctor.job_number} {hours.weekday} {hours.opens:%H:%M}-{hours.closes:%H:%M} / {hours.slot_minutes}"


def _check(doctor: User, weekday: int, opens: time, closes: time, slot_minutes: int, valid_from: date) -> None:
    faults = []
    if not 0 <= weekday <= 6:
        faults.append(FieldError("weekday", "range", _("请选星期几。")))
    if closes <= opens:
        faults.append(FieldError("closes", "order", _("结束时间要晚于开始时间。")))
    if not 5 <= slot_minutes <= 240:
        faults.append(FieldError("slot_minutes", "range", _("每位时间要在 5 到 240 分钟之间。")))
    same = ClinicSchedule.objects.filter(doctor=doctor, weekday=weekday, opens__lt=closes, closes__gt=opens)
    if same.exclude(valid_to__lte=valid_from).exists():
        faults.append(FieldError("opens", "overlap", _("和这位医生已有的出诊时间重叠。")))
    if faults:
        raise Invalid(faults)
