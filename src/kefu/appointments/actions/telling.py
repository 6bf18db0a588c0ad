"""Telling the customer how a booking stands: once per step, from the booking as it is when the message is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from django.db.models import Q
from django.utils import timezone

from kefu.appointments.choices import AppointmentStatus, ExceptionKind, ToldKind
from kefu.appointments.ical import one_event
from kefu.appointments.limits import REBOOK_HOURS
from kefu.appointments.models import Appointment, AppointmentChange, ScheduleException, Told
from kefu.appointments.queries.telling import KIND, said_of
from kefu.appointments.sentences import TAKEN_BACK
from kefu.appointments.telling_rules import TEMPLATES, Said, end_of, to_tell
from kefu.customers.holding import lock
from kefu.foundation.audit.trail import Subject, action, nothing_changed, within_action
from kefu.foundation.outbox.actions import withdraw
from kefu.foundation.outbox.choices import STOPPED, State
from kefu.messaging.actions import send
from kefu.messaging.composing import centre_values, doctor_title
from kefu.messaging.models import Message
from kefu.organisation.models import User


@action
def tell_customer(*, appointment_id: int, by: User, at: datetime) -> None:
    """Write the message a booking owes its customer: confirmed, changed, cancelled, not shown up (APT-006, APT-007, APT-008).

    What waits to leave about an earlier step is taken back, so a booking cancelled in the meantime is not confirmed. Running it
    again tells nothing twice. The message is signed by whoever made the change.
    """
    row = _held(appointment_id)
    change = row.changes.select_related("by").order_by("-pk").first()
    if change is None or row.told.filter(sequence=change.pk).exclude(kind=ToldKind.REMINDER).exists():
        return nothing_changed()
    take_back(appointment=row, by=by, at=at)
    kind = to_tell(
        row.status,
        start=timezone.localtime(row.start),
        said=said_of(row),
        last=_last(row),
        on_leave=_on_leave(row, change),
        at=at,
    )
    if kind is None or (
        kind == ToldKind.NO_SHOW and change.by.is_system
    ):  # nobody may have noted that the customer came
        return nothing_changed()
    message = send(
        customer=row.customer, template=TEMPLATES[kind], values=_values(row, kind, at), subject=Subject(KIND, row.pk),
        key=f"appointment:{row.pk}:{change.pk}:{kind}", expires_at=_useful_until(row, kind, at),
        calendar=None if kind == ToldKind.NO_SHOW else lambda: one_event(row).decode(), by=change.by, at=at,
    )  # fmt: skip
    keep_told(appointment=row, kind=kind, sequence=change.pk, message=message, at=at)
    return None


@within_action
def keep_told(*, appointment: Appointment, kind: ToldKind, sequence: int, message: Message, at: datetime) -> Told:
    """Remember what a message named of a booking."""
    return Told.objects.create(
        appointment=appointment, kind=kind, sequence=sequence, day=timezone.localdate(appointment.start),
        said=said_of(appointment), message=message, at=at,
    )  # fmt: skip


@within_action
def tell_instead(*, message_id: int, instead_of_id: int) -> None:
    """What went by another way is what the customer was told: taken back with the booking, called about where it does not arrive."""
    Told.objects.filter(message=instead_of_id).update(message=message_id)


@within_action
def take_back(*, appointment: Appointment, by: User, at: datetime) -> None:
    """What has not left about a booking, or did not arrive, is not true any more: it is not tried again, and nobody sends it again.

    A reminder that named other bookings too is owed to them anew.
    """
    unheard = (State.PENDING, State.SENDING, *STOPPED)
    waiting = list(
        appointment.told.filter(message__outbox__state__in=unheard).values_list("message_id", "message__outbox_id")
    )
    if not waiting:
        return
    letters, outboxes = zip(*waiting, strict=True)
    withdraw(customer_id=appointment.customer_id, only=outboxes, reason=TAKEN_BACK.code, by=by, at=at)
    Told.objects.filter(message__in=letters, kind=ToldKind.REMINDER).delete()


def _held(appointment_id: int) -> Appointment:
    rows = Appointment.objects.select_related(
        "customer__node", "customer__doctor", "customer__health_manager", "doctor", "node"
    )
    lock(rows.get(pk=appointment_id).customer_id)
    return rows.get(pk=appointment_id)


def _last(row: Appointment) -> tuple[str, Said] | None:
    """What the customer knows: the latest thing told that was not taken back before it left."""
    known = row.told.exclude(kind=ToldKind.REMINDER).exclude(message__outbox__state=State.CANCELLED)
    last = known.order_by("-pk").first()
    return (last.kind, last.said) if last else None


def _on_leave(row: Appointment, change: AppointmentChange) -> bool:
    """Whether the doctor's leave, known when the booking was cancelled, covers its time."""
    if row.status != AppointmentStatus.CANCELLED:
        return False
    start, end = timezone.localtime(row.start), timezone.localtime(row.end)
    leave = ScheduleException.objects.filter(
        doctor=row.doctor_id, day=start.date(), kind=ExceptionKind.LEAVE, at__lte=change.at
    )
    begun, over = Q(opens__isnull=True) | Q(opens__lt=end.time()), Q(closes__isnull=True) | Q(closes__gt=start.time())
    return leave.filter(begun, over).exists()


def _values(row: Appointment, kind: ToldKind, at: datetime) -> Mapping[str, object]:
    start = timezone.localtime(row.start)
    time = f"{start:%H:%M}"
    match kind:
        case ToldKind.DOCTOR_LEAVE:
            return centre_values(row.node) | {
                "date": start.date(),
                "doctor": partial(doctor_title, row.doctor),
                "hours": REBOOK_HOURS.on(at),
            }
        case ToldKind.NO_SHOW:
            return centre_values(row.node) | {"time": time}
    return centre_values(row.node) | {
        "month": start.month,
        "day": start.day,
        "time": time,
        "item": lambda: row.type.label,
    }


def _useful_until(row: Appointment, kind: ToldKind, at: datetime) -> datetime | None:
    """When the words stop being of use: the hour itself, or the end of the day of which they say "today"."""
    if kind == ToldKind.NO_SHOW:
        start = timezone.localtime(row.start)
        return end_of(start.date(), start.tzinfo or timezone.get_current_timezone())
    return row.start if kind in (ToldKind.CONFIRMED, ToldKind.CHANGED) and row.start - at > timedelta(0) else None
