"""The news of a time that is kept: a message, a telephone call where none arrives, and taken back once it is not true any more (APT-013)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from kefu.appointments.actions.waitlist_noting import KIND
from kefu.appointments.hearing import TEMPLATE
from kefu.appointments.limits import WAITLIST_HOURS
from kefu.appointments.models import OfferedPlace
from kefu.appointments.sentences import CALL_WAITING, PLACE_OVER, moment
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.outbox.actions import withdraw
from kefu.messaging.actions import send
from kefu.messaging.composing import centre_values
from kefu.organisation.models import User


@within_action
def tell_of_place(*, place: OfferedPlace, by: User, at: datetime) -> None:
    """The customer is told; whom no message reaches is called by the health manager, for whom the time is kept as long."""
    row, start = place.entry, timezone.localtime(place.start)
    values = centre_values(row.node) | {
        "date": start.date(), "time": f"{start:%H:%M}", "until": moment(place.until), "hours": WAITLIST_HOURS.on(at, node_id=row.node_id),
    }  # fmt: skip
    place.message = send(customer=row.customer, template=TEMPLATE, values=values, subject=Subject(KIND, row.pk),
                         key=f"waitlist-place:{place.pk}", expires_at=place.until, by=by, at=at)  # fmt: skip
    place.save(update_fields=["message"])
    if place.to_call:
        _ask_to_call(place, at)


@action
def call_instead(*, place: OfferedPlace, by: User, at: datetime) -> None:
    """Let the health manager call a customer whose message is stuck or was given up, while the time is still kept."""
    if not (place.counts(at) and place.to_call):
        return nothing_changed()
    row = place.entry
    record(
        "appointments.waitlist.unheard",
        by=by,
        at=at,
        subject=Subject(KIND, row.pk),
        customer_id=row.customer_id,
        node_id=row.node_id,
    )
    return _ask_to_call(place, at)


@within_action
def take_news_back(*, place: OfferedPlace, by: User, at: datetime) -> None:
    """What has not left yet of the message leaves no more; one on its way at this moment is not tried again."""
    outbox = place.news.outbox if place.news else None
    if outbox is not None and outbox.customer_id is not None:
        withdraw(customer_id=outbox.customer_id, only=[outbox.pk], reason=PLACE_OVER.code, by=by, at=at)


def _ask_to_call(place: OfferedPlace, at: datetime) -> None:
    row = place.entry
    manager = row.customer.health_manager
    if manager is None:
        return
    text = CALL_WAITING(name=row.customer.name, when=moment(place.start), until=moment(place.until))
    link = f"/appointments/waitlist/{row.pk}/"
    tell(users=[manager], code="waitlist_call", text=text, link=link, customer_id=row.customer_id, at=at)
