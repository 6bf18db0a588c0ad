"""Enqueueing by name, so that callers need not import the module that does the work."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.tasks import configure_task

from kefu.foundation.jobs.connector import manager
from kefu.foundation.jobs.registry import find


def defer(
    name: str,
    lock: str | None = None,
    schedule_at: datetime | None = None,
    queueing_lock: str | None = None,
    **args: Any,
) -> int | None:
    """Enqueue a job in the caller's transaction: it runs after the commit and never after a rollback.

    `lock`: jobs with the same lock run one after the other, in the order enqueued even if one is scheduled late.
    `queueing_lock`: at most one such job waits, a second one is dropped (answers None). `schedule_at`: not before.
    Arguments must be JSON. Raises LookupError for a name nobody registered.
    """
    job = find(name)
    if job is None:
        raise LookupError(f"no job is registered as {name!r}")
    deferrer = configure_task(
        name=name, job_manager=manager, queue=job.queue, lock=lock, queueing_lock=queueing_lock, schedule_at=schedule_at
    )
    if queueing_lock is None:
        return deferrer.defer(**args)
    with transaction.atomic():  # a savepoint: the refused row must not spoil the caller's transaction
        try:
            return deferrer.defer(**args)
        except AlreadyEnqueued:
            transaction.set_rollback(True)
            return None
