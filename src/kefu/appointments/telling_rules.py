"""What a customer is told about a booking as it stands. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, tzinfo

from kefu.appointments.choices import AppointmentStatus, ToldKind

Said = Mapping[str, object]
TEMPLATES = {
    ToldKind.CONFIRMED: "appt_confirmed",
    ToldKind.CHANGED: "appt_changed",
    ToldKind.CANCELLED: "appt_cancelled",
    ToldKind.DOCTOR_LEAVE: "appt_doctor_leave",
    ToldKind.NO_SHOW: "appt_no_show",
    ToldKind.REMINDER: "appt_reminder",
}
BINDING = (ToldKind.CONFIRMED, ToldKind.CHANGED)
"""What lets the customer expect to be received."""


def to_tell(
    status: str, *, start: datetime, said: Said, last: tuple[str, Said] | None, on_leave: bool, at: datetime
) -> ToldKind | None:
    """The kind of message a booking owes its customer: `last` is what the customer knows so far and what was named then.

    Nothing is owed when the customer knows already, or when it is too late to be of use.
    """
    match status:
        case AppointmentStatus.BOOKED if start <= at:
            return None
        case AppointmentStatus.BOOKED:
            if last is None or last[0] not in BINDING:
                return ToldKind.CONFIRMED
            return ToldKind.CHANGED if dict(last[1]) != dict(said) else None
        case AppointmentStatus.CANCELLED:
            return ToldKind.DOCTOR_LEAVE if on_leave else ToldKind.CANCELLED
        case AppointmentStatus.NO_SHOW if start <= at and start.date() == at.astimezone(start.tzinfo).date():
            return ToldKind.NO_SHOW
    return None


def still_true(kind: str, named: Said, *, status: str, said: Said) -> bool:
    """Whether what was told of a booking, `named`, is so now that it stands like this."""
    match kind:
        case ToldKind.CONFIRMED | ToldKind.CHANGED | ToldKind.REMINDER:
            return status == AppointmentStatus.BOOKED and dict(named) == dict(said)
        case ToldKind.NO_SHOW:
            return status == AppointmentStatus.NO_SHOW
    return status == AppointmentStatus.CANCELLED


def end_of(day: date, zone: tzinfo) -> datetime:
    """Until when words that say "today" are true."""
    return datetime.combine(date.fromordinal(day.toordinal() + 1), time(), zone)


def may_remind(at: datetime, opens: time, quiet: time) -> bool:
    """Whether reminders of tomorrow are written at this local time: from an hour of the afternoon until the quiet hours begin."""
    return opens <= at.time() and (at.time() < quiet or quiet <= opens)


def listed(words: Sequence[object]) -> str:
    """Several times or items of one day in one message, each once."""
    return "、".join(dict.fromkeys(str(word) for word in words))
