"""What appointments do by the clock and after the answer: telling customers, and reminding those who serve them."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.utils import timezone

from kefu.appointments.actions import miss, sweep_holds
from kefu.appointments.actions.evenings import remind_where_nobody_did
from kefu.appointments.actions.places import lapse_place
from kefu.appointments.actions.reminding import remind
from kefu.appointments.actions.sweeping import end_offers, flag_late, forget_strangers
from kefu.appointments.actions.telling import tell_customer as tell
from kefu.appointments.actions.waitlist import expire_entry
from kefu.appointments.choices import WaitState
from kefu.appointments.matching import offer_what_is_free
from kefu.appointments.models import OfferedPlace, WaitlistEntry
from kefu.appointments.queries import left_open
from kefu.appointments.queries.telling import to_remind
from kefu.appointments.queries.waitlist import overdue_places, waiting_nodes
from kefu.foundation.jobs.defer import defer
from kefu.foundation.jobs.registry import every, job
from kefu.kernel.errors import Refused
from kefu.organisation.models import Node
from kefu.organisation.queries import SYSTEM, system_user


@job("appointments.tell_customer")
def tell_customer(*, at: datetime, appointment_id: int) -> None:
    """Tell the customer how the booking stands now."""
    tell(appointment_id=appointment_id, by=system_user(SYSTEM), at=at)


@every("*/10 * * * *", "appointments.remind_tomorrow")
def remind_tomorrow(*, at: datetime) -> None:
    """Find who is to be reminded of tomorrow: at the hour for it, and after it whoever booked late or was missed (APT-006)."""
    for together in to_remind(at):
        defer("appointments.remind", queueing_lock=f"appointments.remind:{together[0]}", appointments=together)


@job("appointments.remind")
def remind_one(*, at: datetime, appointments: list[int]) -> None:
    """Remind one customer of what he or she has booked tomorrow at one place."""
    remind(appointments=appointments, by=system_user(SYSTEM), at=at)


@every("*/10 * * * *", "appointments.evening")
def evening(*, at: datetime) -> None:
    """Remind doctors and health managers of the coming day where nobody did (APT-016)."""
    remind_where_nobody_did(by=system_user(SYSTEM), at=at)


@every("0 22 * * *", "appointments.missed")
def missed(*, at: datetime) -> None:
    """Record as missed what was left open; a customer in whose archive nothing may be written any more is left alone."""
    for one in left_open(at):
        with suppress(Refused):
            miss(appointment=one, by=system_user(SYSTEM), at=at)


@every("*/5 * * * *", "appointments.sweep_holds")
def sweep(*, at: datetime) -> None:
    """Remove held slots whose time has run out."""
    sweep_holds(by=system_user(SYSTEM), at=at)


@job("appointments.request_due")
def request_due(*, request_id: int, at: datetime) -> None:
    """Flag a request that nobody answered until it was due."""
    flag_late(request_id=request_id, by=system_user(SYSTEM), at=at)


@job("appointments.offers_over")
def offers_over(*, request_id: int, at: datetime) -> None:
    """Let the times offered lapse if the customer took none."""
    end_offers(request_id=request_id, by=system_user(SYSTEM), at=at)


@job("appointments.waitlist")
def waitlist(*, node_id: int, at: datetime) -> None:
    """Offer what is free at a centre to those who wait there, whoever came first first; who does not get one waits on."""
    offer_what_is_free(node=Node.objects.get(pk=node_id), by=system_user(SYSTEM), at=at)


@every("3-59/10 * * * *", "appointments.waitlists")
def waitlists(*, at: datetime) -> None:
    """End what waited for days that are over, pass on what should have been, and look at every centre where somebody waits, each by a job
    of its own: no free time is missed for long, and what is wrong at one centre holds up no other."""
    for entry in WaitlistEntry.objects.filter(state=WaitState.WAITING, last__lte=timezone.localdate(at)).order_by("pk"):
        with suppress(Refused):
            expire_entry(entry=entry, by=system_user(SYSTEM), at=at)
    for place_id in overdue_places(at):
        defer("appointments.place_over", queueing_lock=f"appointments.place_over:{place_id}", place_id=place_id)
    for node in waiting_nodes():
        lock = f"appointments.waitlist:{node.pk}"
        defer("appointments.waitlist", lock=lock, queueing_lock=lock, node_id=node.pk)


@job("appointments.place_over")
def place_over(*, place_id: int, at: datetime) -> None:
    """Pass a time on that was kept for somebody who did not take it."""
    place = OfferedPlace.objects.select_related("entry").get(pk=place_id)
    lapse_place(place=place, by=system_user(SYSTEM), at=at)


@every("25 3 * * *", "appointments.forget_strangers")
def forget(*, at: datetime) -> None:
    """Empty the personal details of requests by people who never became customers."""
    forget_strangers(by=system_user(SYSTEM), at=at)
