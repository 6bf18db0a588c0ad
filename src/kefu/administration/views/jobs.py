"""`/jobs/`: is the worker alive, what waits, what failed, what could not leave."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.jobs import queries as jobs
from kefu.foundation.jobs.actions import retry_job
from kefu.foundation.jobs.permissions import JobsPermission
from kefu.foundation.jobs.registry import registered
from kefu.foundation.outbox import actions as outbox_actions
from kefu.foundation.outbox import queries as outbox
from kefu.foundation.outbox.choices import State
from kefu.foundation.outbox.permissions import OutboxPermission
from kefu.foundation.ui.http import Keyset, act, page


@needs(AdministrationPermission.JOBS_VIEW)
@require_GET
def job_list(request: StaffRequest) -> HttpResponse:
    """Worker, queues, failed jobs, messages that stopped, and what repeats."""
    counts = outbox.counts()
    context = {
        "alive": jobs.worker_alive(timezone.now()),
        "queues": jobs.queue_sizes(),
        "failed": jobs.failed(),
        "counts": [
            (state.label, counts.get(state, 0)) for state in (State.PENDING, State.SENDING, State.HELD, State.DEAD)
        ],
        "stopped": Keyset(outbox.stopped(), ("-id",), cursor=request.GET.get("after", "")),
        "repeating": [job for job in registered() if job.cron],
        "may_retry": allowed(request.user, JobsPermission.RETRY),
        "may_manage": allowed(request.user, OutboxPermission.MANAGE),
    }
    return page(request, "administration/jobs.html", context)


@needs(JobsPermission.RETRY)
@require_POST
def job_retry(request: StaffRequest, job_id: int) -> HttpResponseBase:
    """Queue a failed job again."""
    return act(
        request,
        lambda: retry_job(job_id=job_id, by=request.user, at=request.at),
        success=_("已重新排队。"),
        to=reverse("administration:jobs"),
    )


@needs(OutboxPermission.MANAGE)
@require_POST
def message_retry(request: StaffRequest, message_id: int) -> HttpResponseBase:
    """Send a stopped message after all."""
    return act(
        request,
        lambda: outbox_actions.retry(message_id=message_id, by=request.user, at=request.at),
        success=_("已重新发送。"),
        to=reverse("administration:jobs"),
    )


@needs(OutboxPermission.MANAGE)
@require_POST
def message_cancel(request: StaffRequest, message_id: int) -> HttpResponseBase:
    """Give a stopped message up, saying why."""
    reason = request.POST.get("reason", "")
    return act(
        request,
        lambda: outbox_actions.cancel(message_id=message_id, by=request.user, at=request.at, reason=reason),
        success=_("不再发送。"),
        to=reverse("administration:jobs"),
    )
