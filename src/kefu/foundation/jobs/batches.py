"""Enqueueing many jobs of one name in one statement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from procrastinate.tasks import configure_task

from kefu.foundation.jobs.connector import manager
from kefu.foundation.jobs.registry import find

UNHURRIED = -10
"""The priority of bulk work: whatever else waits goes first."""


def defer_many(
    name: str, each: Sequence[dict[str, Any]], *, priority: int = UNHURRIED, schedule_at: datetime | None = None
) -> None:
    """Enqueue the job once for each set of arguments, in the caller's transaction; everything of a higher priority goes first.

    Raises LookupError for a name nobody registered.
    """
    job = find(name)
    if job is None:
        raise LookupError(f"no job is registered as {name!r}")
    if each:
        deferrer = configure_task(
            name=name, job_manager=manager, queue=job.queue, priority=priority, schedule_at=schedule_at
        )
        deferrer.batch_defer(*each)
