"""How the background work is doing: is a worker alive, what waits, what failed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, Q, Subquery
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from kefu.foundation.jobs.models import JobFailure
from kefu.organisation.models import User

HEARTBEAT = timedelta(seconds=30)
SYSTEM = "system"


@dataclass(frozen=True)
class FailedJob:
    """A job that gave up, with what it was asked to do and why it failed last."""

    id: int
    name: str
    args: dict[str, object]
    attempts: int
    failed_at: datetime | None
    error: str


@dataclass(frozen=True)
class QueueSize:
    """One queue: jobs waiting for a worker, running, and given up."""

    queue: str
    waiting: int
    running: int
    failed: int


def worker_alive(now: datetime) -> bool:
    """Whether some worker beat within 30 seconds of `now` (real time: workers beat by the database's clock)."""
    return ProcrastinateWorker.objects.filter(last_heartbeat__gte=now - HEARTBEAT).exists()


def failed(limit: int = 100) -> list[FailedJob]:
    """The jobs that gave up, latest first; repeating ones show every missed run."""
    last = JobFailure.objects.filter(job_id=OuterRef("pk")).order_by("-id")
    rows = (
        ProcrastinateJob.objects.filter(status="failed")
        .annotate(failed_at=Subquery(last.values("at")[:1]), error=Subquery(last.values("error")[:1]))
        .order_by("-id")[:limit]
    )
    return [FailedJob(row.pk, row.task_name, row.args, row.attempts, row.failed_at, row.error or "") for row in rows]


def failed_count() -> int:
    """How many jobs gave up and wait for somebody to look."""
    return ProcrastinateJob.objects.filter(status="failed").count()


def queue_sizes() -> list[QueueSize]:
    """Waiting, running and failed jobs by queue."""
    counts = (
        ProcrastinateJob.objects.filter(status__in=["todo", "doing", "failed"])
        .values("queue_name")
        .annotate(
            waiting=Count("pk", filter=Q(status="todo")),
            running=Count("pk", filter=Q(status="doing")),
            failed=Count("pk", filter=Q(status="failed")),
        )
        .order_by("queue_name")
    )
    return [QueueSize(row["queue_name"], row["waiting"], row["running"], row["failed"]) for row in counts]


def system_user() -> User:
    """The account in whose name jobs act. Raises LookupError when the organisation was never loaded."""
    user = User.objects.filter(username=SYSTEM, is_system=True).first()
    if user is None:
        raise LookupError(f"no system account named {SYSTEM!r}: load the organisation first")
    return user
