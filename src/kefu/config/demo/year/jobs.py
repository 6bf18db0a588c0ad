"""The background work of the simulated days, done here and now: no worker sees the jobs of an open transaction."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from procrastinate import sql
from procrastinate.contrib.django.models import ProcrastinateJob

from kefu.foundation.jobs.connector import connector
from kefu.foundation.jobs.registry import find
from kefu.foundation.outbox.transports import transport
from kefu.messaging.choices import Channel


def run_due(at: datetime) -> int:
    """Do every job due by then and forget it, as the worker would; answers how many.

    Where a provider is set up, messages stay for the worker and the real clock: the year itself sends nothing.
    """
    due = ProcrastinateJob.objects.filter(Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=at), status="todo")
    if any(transport(channel) for channel in Channel.values):
        due = due.exclude(queue_name="outbox")
    done = 0
    for row in due.order_by("pk"):
        job = find(row.task_name)
        if job is None:
            raise LookupError(f"no job is registered as {row.task_name!r}")
        job.perform(dict(row.args), at=at, job_id=row.pk)
        connector.execute_query(sql.queries["finish_job"], job_id=row.pk, status="succeeded", delete_job=True)
        done += 1
    return done
