"""Somebody leaves, in the stories of leaving: begun, held, given, ticked."""

from datetime import timedelta

from kefu.people import actions
from kefu.people.actions.handing_over import Handed
from kefu.people.models import Departure
from kefu.people.queries.departures import held_ids

WHY = "离职移交"


def leaves(cast, user, *, days: int = 7, reason: str = "career") -> Departure:
    return actions.open_departure(
        user=user,
        reason=reason,
        last_day=cast.at.date() + timedelta(days=days),
        note="回老家",
        by=cast.admin,
        at=cast.at,
    )


def held(departure: Departure, at) -> dict[str, list[int]]:
    return held_ids(departure.user, departure.last_day, at)


def given(cast, departure, code, ids, takers, *, by=None) -> Handed:
    return actions.hand_over_at_once(
        departure=departure, code=code, ids=ids, takers=takers, reason=WHY, by=by or cast.director, at=cast.at
    )


def ready(cast, departure) -> None:
    """Every task ticked."""
    for task in departure.tasks.select_related("departure"):
        actions.tick_task(task=task, done=True, by=cast.admin, at=cast.at)
