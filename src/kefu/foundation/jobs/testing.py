"""For tests: run what waits, here and now, in the test's own transaction."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from procrastinate import sql
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from kefu.foundation.jobs.connector import connector, manager
from kefu.foundation.jobs.registry import Job, find, remember


def run_pending(at: datetime | None = None, *, raises: bool = True) -> int:
    """Run every job due at `at` (default: now), also those enqueued meanwhile, and answer how many ran.

    The jobs are told `at` as their time. With `raises` the first failing job ends the run; without, it
    is retried later or given up, as the worker would do.
    """
    at = at or timezone.now()
    ran = 0
    while (job := _due(at)) is not None:
        ran += 1
        try:
            with transaction.atomic():
                _function(job).perform(dict(job.args), at=at)
        except Exception as error:
            _failed(job, error, at)
            if raises:
                raise
        else:
            connector.execute_query(sql.queries["finish_job"], job_id=job.pk, status="succeeded", delete_job=False)
    return ran


def _due(at: datetime) -> ProcrastinateJob | None:
    due = Q(scheduled_at__isnull=True) | Q(scheduled_at__lte=at)
    waiting: ProcrastinateJob | None = (
        ProcrastinateJob.objects.filter(due, status="todo").order_by("-priority", "pk").first()
    )
    return waiting


def _function(job: ProcrastinateJob) -> Job:
    found = find(job.task_name)
    if found is None:
        raise LookupError(f"no job is registered as {job.task_name!r}")
    return found


def _failed(job: ProcrastinateJob, error: Exception, at: datetime) -> None:
    remember(job.task_name, job.pk, at, error)
    connector.execute_query(sql.queries["finish_job"], job_id=job.pk, status="failed", delete_job=False)
    again = app.tasks[job.task_name].get_retry_exception(exception=error, job=job.procrastinate_job)
    if again is not None:
        decision = again.retry_decision
        wait = (decision.retry_at or timezone.now()) - timezone.now()  # the strategy reckons from the real clock
        manager.retry_job_by_id(job.pk, retry_at=at + wait)
