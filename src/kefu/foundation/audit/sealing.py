"""Sealing all of the trail that is closed: what can be sealed now, and batch after batch of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from time import monotonic, sleep

from kefu.foundation.audit.actions import seal_batch
from kefu.foundation.audit.queries import last_written, writers
from kefu.organisation.models import User

PATIENCE = timedelta(seconds=5)
POLL = 0.05  # seconds


def closed_until(patience: timedelta = PATIENCE) -> int | None:
    """The id up to which no row can appear any more; None while somebody who may hold a lower one is still writing.

    Ids are given when a row is written but seen when its transaction ends, so a lower one may come late: what counts is that
    everybody who was writing when the highest id was read has ended.
    """
    last, at_work, begun = last_written(), writers(), monotonic()
    while at_work & writers():
        if monotonic() - begun >= patience.total_seconds():
            return None
        sleep(POLL)
    return last


def seal_trail(*, by: User | None, at: datetime, patience: timedelta = PATIENCE) -> int:
    """Seal every closed row that is not yet; answers how many seals were made. Belongs into a job, never into a writer's transaction."""
    until = closed_until(patience)
    made = 0
    while until is not None and seal_batch(until=until, by=by, at=at) is not None:
        made += 1
    return made
