"""Who is to be reminded, and whom reception has to call because no message reaches them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from kefu.appointments.cancel_reasons import CENTRE, DOCTOR_AWAY
from kefu.appointments.choices import AppointmentStatus, ToldKind
from kefu.appointments.limits import REMINDER_TIME
from kefu.appointments.models import Appointment, AppointmentChange, Told
from kefu.appointments.telling_rules import TEMPLATES, Said, may_remind, still_true
from kefu.customers.choices import Stage
from kefu.foundation.outbox.choices import EXPIRED, STOPPED, State
from kefu.messaging.choices import Purpose
from kefu.messaging.limits import QUIET_FROM
from kefu.messaging.models import ContactAttempt, Message
from kefu.organisation.models import User

KIND = "appointments.appointment"
DAY = timedelta(days=1)
PROMISED = timedelta(days=7)
"""So long a promised call stays on the workbench."""
ENDED = (ToldKind.CANCELLED, ToldKind.DOCTOR_LEAVE)
"""A booking that there is no more."""


def to_remind(at: datetime) -> list[list[int]]:
    """Bookings of tomorrow nobody was reminded of, those of one customer at one place together; none before the hour for it."""
    local = timezone.localtime(at)
    if not may_remind(local, time.fromisoformat(REMINDER_TIME.on(at)), time.fromisoformat(QUIET_FROM.on(at))):
        return []
    together: dict[tuple[int, int], list[int]] = defaultdict(list)
    for pk, customer, node in unreminded(local.date() + DAY).values_list("pk", "customer_id", "node_id"):
        together[customer, node].append(pk)
    return list(together.values())


def unreminded(day: date) -> QuerySet[Appointment]:
    """Bookings that begin on a day and whose customers were not reminded of that day, by time."""
    reminded = Told.objects.filter(appointment=OuterRef("pk"), kind=ToldKind.REMINDER, day=day)
    found = Appointment.objects.on_days(day, day).filter(status=AppointmentStatus.BOOKED)
    return found.exclude(Exists(reminded)).order_by("during", "pk")


def said_of(row: Appointment) -> Said:
    """What a message about a booking names, in a form that can be compared."""
    return {"start": row.start.isoformat(), "node": row.node.code, "item": row.type_id}


def out_of_date(outbox_ids: Sequence[int]) -> set[int]:
    """Those of the messages in the outbox that told of a booking what is not so any more, or for which another one stands by now."""
    ours = Message.objects.filter(outbox__in=outbox_ids, subject_kind=KIND, template__code__in=TEMPLATES.values())
    letters = dict(ours.values_list("pk", "outbox_id"))
    rows = Told.objects.filter(message__in=letters).select_related("appointment__node")
    told = {row.message_id for row in rows}
    untrue = {
        row.message_id
        for row in rows
        if not still_true(row.kind, row.said, status=row.appointment.status, said=said_of(row.appointment))
    }
    return {outbox for pk, outbox in letters.items() if outbox is not None and (pk in untrue or pk not in told)}


_OUTBOX = "message__outbox__"
_UNHEARD = (
    ~Q(message__withheld="")
    | Q(**{f"{_OUTBOX}state__in": STOPPED})
    | Q(**{f"{_OUTBOX}state": State.CANCELLED, f"{_OUTBOX}last_error": EXPIRED})
)
"""Not written, held, failed, or left too late to be of use."""


def _by_us() -> Q:
    """What the house itself did with a booking, where nothing was told of it since."""
    later = Told.objects.filter(appointment=OuterRef("appointment"), pk__gt=OuterRef("pk")).exclude(
        kind=ToldKind.REMINDER
    )
    asked_by_us = AppointmentChange.objects.filter(pk=OuterRef("sequence"), on_us=True)
    moved = Q(Exists(asked_by_us), kind=ToldKind.CHANGED, appointment__status=AppointmentStatus.BOOKED)
    cancelled = Q(kind=ToldKind.CANCELLED, appointment__cancellation__code__in=(CENTRE, DOCTOR_AWAY))
    return (moved | cancelled) & Q(~Exists(later))


def to_call(user: User, at: datetime) -> QuerySet[Told]:
    """What somebody has to say in person: a reminder that reached nobody, a visit the house moved or cancelled and the customer did not
    hear of, and the call promised after a doctor's leave.

    Settled by a contact about appointments, or a newer booking; nobody calls for a customer who is closed by now.
    """
    ahead = Q(day__gte=timezone.localdate(at)) & _UNHEARD
    reminders = Q(kind=ToldKind.REMINDER, appointment__status=AppointmentStatus.BOOKED) & ahead
    promises = Q(kind=ToldKind.DOCTOR_LEAVE, at__gte=at - PROMISED)
    customer = OuterRef("appointment__customer_id")
    talked = ContactAttempt.objects.filter(customer=customer, purpose=Purpose.APPOINTMENT, at__gte=OuterRef("at"))
    newer = Appointment.objects.filter(
        customer=customer, booked_at__gte=OuterRef("at"), status=AppointmentStatus.BOOKED
    )
    rows = Told.objects.filter(
        reminders | promises | _by_us() & ahead, appointment__in=Appointment.objects.visible_to(user)
    )
    gone = Q(appointment__customer__stage=Stage.CLOSED)
    rows = rows.exclude(gone).exclude(Exists(talked)).exclude(Q(kind__in=ENDED) & Exists(newer))
    return rows.select_related(
        "appointment__customer", "appointment__doctor", "appointment__node", "appointment__type", "message"
    ).order_by("day", "pk")
