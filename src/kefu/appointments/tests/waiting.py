"""A Tuesday on which every time is taken, and customers who wait for one of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from kefu.appointments import actions
from kefu.appointments.asked import WaitWish
from kefu.appointments.choices import Channel
from kefu.appointments.models import Appointment, OfferedPlace, WaitlistEntry
from kefu.appointments.tests.scene import FIRST, TUESDAY, booked, o_clock, person
from kefu.appointments.tests.test_booking import open_clinic
from kefu.customers.models import Customer
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox.testing import connected
from kefu.messaging.content import load as load_messages
from kefu.testing.cast import SHANGHAI, Cast

texts = partial(connected, "sms")
"""Text messages leave for the length of the block."""
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
NAMES = ("白示安", "白示宁", "白示和")


def full_day(cast: Cast) -> list[Appointment]:
    """The doctor's whole Tuesday is booked; the other doctor is away."""
    load_messages(by=cast.admin, at=cast.at)
    open_clinic(cast)
    actions.take_leave(
        doctor=cast.doctor2, node=cast.bj, first=TUESDAY, last=TUESDAY, reason="培训", by=cast.director, at=cast.at
    )
    made = [booked(cast, person(cast, f"满示{n}", f"100000010{n:02d}"), o_clock(9) + n * 30 * MINUTE) for n in range(6)]
    run_pending(cast.at)
    return made


def three_in_line(cast: Cast) -> list[Customer]:
    """Three who wait for a time of the doctor's Tuesday, each a minute after the one before."""
    people = [person(cast, name, f"1000000002{n}") for n, name in enumerate(NAMES)]
    for place, one in enumerate(people):
        wait(cast, one, at=cast.at + place * MINUTE)
    run_pending(cast.at + 3 * MINUTE)
    return people


def wait(cast: Cast, customer: Customer, **what: object) -> WaitlistEntry:
    place = {"type": FIRST, "node": cast.bj, "first": TUESDAY, "last": TUESDAY, "doctor": cast.doctor}
    wish = WaitWish(**(place | {name: what.pop(name) for name in [*place, "parts", "hour"] if name in what}))  # type: ignore[arg-type]
    given = {"channel": Channel.PHONE, "by": cast.manager, "at": cast.at} | what
    return actions.join_waitlist(customer=customer, wish=wish, **given)  # type: ignore[arg-type]


def cancel(cast: Cast, appointment: Appointment, at: datetime) -> None:
    actions.cancel(appointment=appointment, reason="不来了", by=cast.manager, at=at)
    run_pending(at)


def entry_of(customer: Customer) -> WaitlistEntry:
    return WaitlistEntry.objects.filter(customer=customer).latest("pk")


def offered() -> list[tuple[str, str, str]]:
    """Whom a time was offered, which, and what became of it."""
    rows = OfferedPlace.objects.select_related("entry__customer").order_by("pk")
    return [(one.entry.customer.name, f"{one.start.astimezone(SHANGHAI):%H:%M}", one.answer) for one in rows]
