"""Order among jobs that stalled or finished long ago: the machinery's own work, which changes no fact."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from procrastinate import sql
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from kefu.foundation.jobs.connector import connector, manager
from kefu.foundation.jobs.limits import KEPT_DAYS
from kefu.foundation.jobs.queries import HEARTBEAT


def retry_stalled(*, at: datetime) -> int:
    """Queue jobs again whose worker died: its heartbeat is over 30 seconds old, or it is gone. Answers how many."""
    dead = Q(worker__isnull=True) | Q(worker__last_heartbeat__lt=at - HEARTBEAT)
    stalled = list(ProcrastinateJob.objects.filter(dead, status="doing").order_by("pk").values_list("pk", flat=True))
    for job_id in stalled:
        if not queue_again(job_id, at):
            # Its successor waits already and does the same work.
            connector.execute_query(sql.queries["finish_job"], job_id=job_id, status="aborted", delete_job=False)
    return len(stalled)


def tidy(*, at: datetime) -> None:
    """Forget jobs that succeeded longer ago than the limit, and the failures of jobs that are gone."""
    days = KEPT_DAYS.on(at)
    connector.execute_query(
        sql.queries["delete_old_jobs"], nb_hours=days * 24, queue=None, statuses=["succeeded", "aborted"]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from jobs_jobfailure f where f.at < %s"
            " and not exists (select 1 from procrastinate_jobs j where j.id = f.job_id)",
            [at - timedelta(days=days)],
        )


def queue_again(job_id: int, at: datetime) -> bool:
    """Put a failed or stalled job back; False when a job with the same queueing lock waits already."""
    try:
        with transaction.atomic():
            manager.retry_job_by_id(job_id, retry_at=at)
    except (ConnectorException, IntegrityError):
        return False
    return True
