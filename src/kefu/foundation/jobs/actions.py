"""Second chances for failed jobs, and order among those that stalled or finished long ago."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import IntegrityError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from procrastinate import sql
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import ConnectorException

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.jobs.connector import connector, manager
from kefu.foundation.jobs.limits import KEPT_DAYS
from kefu.foundation.jobs.permissions import JobsPermission
from kefu.foundation.jobs.queries import HEARTBEAT
from kefu.kernel.errors import OutOfScope, Refused
from kefu.organisation.models import User


@action
def retry_job(*, job_id: int, by: User, at: datetime) -> None:
    """Queue a failed job again, at once.

    Raises OutOfScope for an unknown job, Refused `not_failed` or, for a repeating job, `already_waiting`.
    """
    require(by, JobsPermission.RETRY)
    job = ProcrastinateJob.objects.filter(pk=job_id).first()
    if job is None:
        raise OutOfScope()
    if job.status != "failed":
        raise Refused("not_failed", _("这项任务没有失败，不用重试。"))
    if not _queue_again(job_id, at):
        raise Refused("already_waiting", _("同一任务已在排队，不用重试。"))
    record("jobs.retried", by=by, at=at, subject=Subject("jobs.job", job_id), changes={"name": (None, job.task_name)})


def retry_stalled(*, at: datetime) -> int:
    """Queue jobs again whose worker died: its heartbeat is over 30 seconds old, or it is gone. Answers how many."""
    dead = Q(worker__isnull=True) | Q(worker__last_heartbeat__lt=at - HEARTBEAT)
    stalled = list(ProcrastinateJob.objects.filter(dead, status="doing").order_by("pk").values_list("pk", flat=True))
    for job_id in stalled:
        if not _queue_again(job_id, at):
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


def _queue_again(job_id: int, at: datetime) -> bool:
    """False when a job with the same queueing lock waits already."""
    try:
        with transaction.atomic():
            manager.retry_job_by_id(job_id, retry_at=at)
    except (ConnectorException, IntegrityError):
        return False
    return True
