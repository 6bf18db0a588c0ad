"""What a customer does on the own pages about the waitlist: waits, takes the time that is kept or not, waits no longer (APT-004, APT-013)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.appointments import actions as desk
from kefu.appointments.asked import WaitWish
from kefu.appointments.choices import Channel
from kefu.appointments.models import Appointment, WaitlistEntry
from kefu.appointments.queries.waitlist import place_answered
from kefu.customers.actions.consents import give_consent
from kefu.customers.choices import ConsentMethod
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import action
from kefu.kernel.errors import Invalid, OutOfScope
from kefu.organisation.models import User
from kefu.portal.queries.mine import PRIVACY, privacy_notice, waits_of


@action
def wait_for_time(
    *, customer: Customer | None, wish: WaitWish, note: str, agreed: bool, by: User, at: datetime
) -> WaitlistEntry:
    """Wait for a time at a centre. Raises OutOfScope for somebody who is no customer yet, Invalid (`agreed`), and as `join_waitlist`."""
    if customer is None:
        raise OutOfScope()
    notice = privacy_notice(customer, at)
    if notice is not None and not agreed:
        raise Invalid.one("agreed", "required", _("请先看过隐私说明并同意。"))
    made = desk.join_waitlist(customer=customer, wish=wish, channel=Channel.ONLINE, note=note, by=by, at=at)
    if notice is not None:
        give_consent(customer=customer, scope=PRIVACY, method=ConsentMethod.ONLINE, by=by, at=at)
    return made


@action
def take_kept_time(
    *,
    customer: Customer | None,
    entry: WaitlistEntry,
    place: int | None,
    read_back: bool,
    instead: bool = False,
    by: User,
    at: datetime,
) -> Appointment:
    """Take the time that was shown, `place`, while it is kept; it is booked at once. Raises OutOfScope for somebody else's, and as `take_place`."""
    _require_mine(customer, entry)
    return desk.take_place(place=place_answered(entry, place), read_back=read_back, instead=instead, by=by, at=at)


@action
def decline_kept_time(
    *, customer: Customer | None, entry: WaitlistEntry, place: int | None, by: User, at: datetime
) -> None:
    """Not the time that was shown, `place`; go on waiting, for another time. Raises OutOfScope for somebody else's, Refused `offer_over`."""
    _require_mine(customer, entry)
    desk.decline_place(place=place_answered(entry, place), by=by, at=at)


@action
def stop_waiting(*, customer: Customer | None, entry: WaitlistEntry, by: User, at: datetime) -> None:
    """Wait no longer. Raises OutOfScope for somebody else's, Refused `settled`."""
    _require_mine(customer, entry)
    desk.leave_waitlist(entry=entry, by=by, at=at)


def _require_mine(customer: Customer | None, entry: WaitlistEntry) -> None:
    if not waits_of(customer).filter(pk=entry.pk).exists():
        raise OutOfScope()
