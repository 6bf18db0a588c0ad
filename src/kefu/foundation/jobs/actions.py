"""Second chances for failed jobs."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _
from procrastinate.contrib.django.models import ProcrastinateJob

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.jobs.permissions import JobsPermission
from kefu.foundation.jobs.upkeep import queue_again
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
    if not queue_again(job_id, at):
        raise Refused("already_waiting", _("同一任务已在排队，不用重试。"))
    record("jobs.retried", by=by, at=at, subject=Subject("jobs.job", job_id), changes={"name": (None, job.task_name)})
