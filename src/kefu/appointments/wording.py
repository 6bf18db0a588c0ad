"""How a booking is said: its status at a moment, and item and time as they are read back to the customer."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.appointments.choices import AppointmentStatus, PartOfDay
from kefu.appointments.models import Appointment, WaitlistEntry
from kefu.foundation.ui.inputs import Status
from kefu.foundation.ui.rules import span_words
from kefu.foundation.ui.wording import date_words, phrases
from kefu.foundation.worktime.choices import Weekday


def status_at(row: Appointment, at: datetime, soon: timedelta, arrived_at: datetime | None = None) -> Status:
    """The status with what matters now: how soon (within `soon`), how late, how long the customer has waited."""
    if row.status == AppointmentStatus.ARRIVED and arrived_at is not None:
        waited = span_words(max(at - arrived_at, timedelta()), phrases())
        return Status("move", "user", _("已到，等了 %(time)s") % {"time": waited})
    if row.status != AppointmentStatus.BOOKED:
        return row.shown
    if timezone.localdate(row.start) < timezone.localdate(at):
        return Status("late", "alert-triangle", _("没登记到没到"))
    if row.start <= at:
        late = span_words(at - row.start, phrases())
        return Status("late", "alert-triangle", _("没到，已过 %(time)s") % {"time": late})
    if row.start - at <= soon:
        return Status("soon", "clock", _("还有 %(time)s") % {"time": span_words(row.start - at, phrases())})
    return row.shown


def spoken_time(start: datetime, at: datetime) -> str:
    """The day, its weekday and the hour, as one says them on the telephone: 11月24日 周二 09:30."""
    local = timezone.localtime(start)
    return f"{date_words(local.date(), at)} {Weekday(local.weekday()).label} {local:%H:%M}"


def wait_words(entry: WaitlistEntry, at: datetime) -> str:
    """The days, and as far as they were said the parts of the day and the hour, that somebody waits for."""
    days = [date_words(day, at) for day in sorted({entry.first, entry.last})]
    parts = "、".join(str(PartOfDay(part).label) for part in entry.parts)
    return " ".join(filter(None, ("–".join(days), parts, f"{entry.hour:%H:%M}" if entry.hour else "")))


def plain(number: str) -> str:
    """A card number without what some people write between the digits."""
    return "".join(character for character in number if character.isalnum()).casefold()
