"""Two customers who are one waited for the same perhaps: then one waits, since the earlier day (CUS-004)."""

from __future__ import annotations

from kefu.appointments.actions.places_telling import take_news_back
from kefu.appointments.actions.taking import let_go
from kefu.appointments.choices import PlaceAnswer, WaitState
from kefu.appointments.models import OfferedPlace, WaitlistEntry
from kefu.appointments.queries.requests import kept_for
from kefu.customers.merging import Joining


def unite_waiting(joining: Joining) -> None:
    """All entries move to the surviving customer. Of two for the same the one with a time kept stays, else the surviving customer's.

    A time kept for the other goes to the next.
    """
    theirs = WaitlistEntry.objects.filter(customer_id=joining.merged_id)
    mine = {_place(one): one for one in WaitlistEntry.objects.open().filter(customer_id=joining.survivor_id)}
    for other in theirs.open():
        if (own := mine.get(_place(other))) is not None:
            _wait_once(joining, own, other)
    joining.set(theirs, customer_id=joining.survivor_id)


def _place(entry: WaitlistEntry) -> tuple[str, int, int | None]:
    return entry.type_id, entry.node_id, entry.doctor_id


def _wait_once(joining: Joining, own: WaitlistEntry, other: WaitlistEntry) -> None:
    offered = other.state == WaitState.OFFERED and own.state != WaitState.OFFERED
    stays, goes = (other, own) if offered else (own, other)
    kept = OfferedPlace.objects.filter(entry=goes, answer=PlaceAnswer.OPEN)
    by, at = joining.merge.by, joining.at
    for place in kept.select_related("message__outbox"):
        take_news_back(place=place, by=by, at=at)
        let_go(holds=kept_for([place.key]), by=by, at=at)
    joining.set(kept, answer=PlaceAnswer.VOID.value, answered_at=at)
    joining.set(WaitlistEntry.objects.filter(pk=goes.pk), state=WaitState.WITHDRAWN.value)
    joining.set(WaitlistEntry.objects.filter(pk=stays.pk), since=min(own.since, other.since))
