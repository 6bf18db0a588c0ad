"""Days unlike the schedule: leave, extra hours, a centre that stays closed. Bookings they break are decided on, never dropped (APT-019)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.deciding import Decisions, decide, face, forget_covered, hold_edited
from kefu.appointments.amendments import of_closing, of_leave, of_withdrawal
from kefu.appointments.checking import check_extra, overlapping
from kefu.appointments.choices import ExceptionKind
from kefu.appointments.models import ScheduleException
from kefu.appointments.queries.renegotiations import doctors_of_place
from kefu.appointments.queries.slots import days_between
from kefu.appointments.rights import require_place, require_schedule
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.worktime.models import ClosedDay
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node, Room, User

KIND = "appointments.schedule"
NONE: Decisions = {}


@action
def take_leave(*, doctor: User, node: Node, first: date, last: date, opens: time | None = None, closes: time | None = None, reason: str,
               decisions: Decisions = NONE, by: User, at: datetime) -> list[ScheduleException]:  # fmt: skip
    """Put leave on each day from the first to the last, all day or from or until a time, at whatever centres the doctor receives.

    Raises Refused `hits_bookings` while a booking that it breaks is without a decision, `hits_elsewhere` where it breaks some at a centre
    whose hours one does not keep, Invalid for days that have passed, OutOfScope for a doctor who does not work at the place.
    """
    amendment = of_leave(doctor, node, first, last, opens, closes, reason, by=by, at=at)
    hits = face(amendment=amendment, decisions=decisions, by=by, at=at)
    made = [
        ScheduleException(doctor=doctor, day=day, kind=ExceptionKind.LEAVE, node=node, opens=opens, closes=closes, reason=reason, by=by, at=at)
        for day in days_between(first, last)
    ]  # fmt: skip
    for row in made:
        row.save(force_insert=True)
        _record("added", row, by, at, reason)
    decide(amendment=amendment, hits=hits, decisions=decisions, by=by, at=at)
    return made


@action
def add_extra(*, doctor: User, node: Node, day: date, opens: time, closes: time, slot_minutes: int = 30, room: Room | None = None,
              types: Sequence[str] = (), reason: str = "", by: User, at: datetime) -> ScheduleException:  # fmt: skip
    """Let a doctor receive on a day outside the weekly hours. Raises Invalid for a day that has passed, or when the doctor is elsewhere or away."""
    require_schedule(by, doctor, node.pk)
    if day < timezone.localdate(at):
        raise Invalid.one("day", "past", _("这一天已经过去了。"))
    row = ScheduleException(
        doctor=doctor, day=day, kind=ExceptionKind.EXTRA, node=node, room=room, opens=opens, closes=closes, slot_minutes=slot_minutes,
        types=list(types), reason=reason, by=by, at=at,
    )  # fmt: skip
    hold_edited(doctors=[doctor.pk])
    check_extra(row, node)
    _keep(row)
    _record("added", row, by, at, reason)
    forget_covered(doctors=[doctor.pk], by=by, at=at)
    return row


@action
def remove_exception(
    *, exception: ScheduleException, reason: str, decisions: Decisions = NONE, by: User, at: datetime
) -> None:
    """Take leave or extra hours back. Extra hours with bookings need a decision for each (Refused `hits_bookings`)."""
    amendment = of_withdrawal(exception, reason, by=by)
    hits = face(amendment=amendment, decisions=decisions, by=by, at=at)
    _record("removed", exception, by, at, reason)
    exception.delete()
    decide(amendment=amendment, hits=hits, decisions=decisions, by=by, at=at)
    forget_covered(doctors=[exception.doctor_id], by=by, at=at)


@action
def close_place(
    *, node: Node, first: date, last: date, reason: str, decisions: Decisions = NONE, by: User, at: datetime
) -> list[ClosedDay]:
    """Keep one centre closed from the first to the last day; extra hours planned there are struck out.

    Raises Refused `hits_bookings` while a booking there is without a decision, Invalid for days that have passed or without a reason.
    """
    amendment = of_closing(node, first, last, reason, by=by, at=at)
    hits = face(amendment=amendment, decisions=decisions, by=by, at=at)
    known = set(ClosedDay.objects.filter(node=node).values_list("day", flat=True))
    made = [ClosedDay(node=node, day=day, name=reason[:60]) for day in days_between(first, last) if day not in known]
    if not made:
        nothing_changed()
    for row in made:
        row.save(force_insert=True)
        record("appointments.place.closed", by=by, at=at, subject=Subject("organisation.node", node.pk), node_id=node.pk,
               changes={"day": (None, str(row.day))}, reason=reason)  # fmt: skip
    for extra in ScheduleException.objects.filter(
        node=node, kind=ExceptionKind.EXTRA, day__range=(first, last)
    ).select_related("doctor"):
        _record("removed", extra, by, at, reason)
        extra.delete()
    decide(amendment=amendment, hits=hits, decisions=decisions, by=by, at=at)
    return made


@action
def reopen_place(*, closed: ClosedDay, by: User, at: datetime) -> None:
    """Let a centre work on a day after all."""
    require_place(by, closed.node_id)
    doctors = doctors_of_place(closed.node)
    hold_edited(doctors=doctors)
    record("appointments.place.reopened", by=by, at=at, subject=Subject("organisation.node", closed.node_id), node_id=closed.node_id,
           changes={"day": (str(closed.day), None)}, reason=closed.name)  # fmt: skip
    closed.delete()
    forget_covered(doctors=doctors, by=by, at=at)


def _keep(row: ScheduleException) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Invalid([overlapping()]) from None


def _record(verb: str, row: ScheduleException, by: User, at: datetime, reason: str) -> None:
    said = (
        f"{row.doctor.job_number} {row.day}"
        + (f" {row.opens:%H:%M}" if row.opens else "")
        + (f"-{row.closes:%H:%M}" if row.closes else "")
    )
    change = (None, said) if verb == "added" else (said, None)
    record(f"appointments.exception.{verb}", by=by, at=at, subject=Subject(KIND, row.pk), node_id=row.node_id,
           changes={row.kind: change}, reason=reason)  # fmt: skip
