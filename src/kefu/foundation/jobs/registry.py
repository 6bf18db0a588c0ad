"""What the names of jobs mean, and when the repeating ones are due.

    @job("outbox.deliver")
    def deliver(*, at: datetime, message_id: int) -> None: ...

    @every("30 2 * * *", "limits.rebuild")      # local time of settings.TIME_ZONE
    def rebuild(*, at: datetime) -> None: ...

A job that takes `at` is given the time it starts. Every job may run twice: workers die between doing and saying so.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from django.utils import timezone
from procrastinate import BaseRetryStrategy, JobContext, RetryStrategy
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicTask
from procrastinate.tasks import Task

from kefu.foundation.audit.context import origin
from kefu.foundation.jobs.models import JobFailure

F = TypeVar("F", bound=Callable[..., object])
RETRIES = 5  # waits of 4, 16, 64, 256 and 1024 seconds
MISSED = 24 * 3600  # seconds; a nightly job is made up for when the worker starts within a day
LATE = 600  # seconds; a punctual job that starts later than this is left out


@dataclass(frozen=True)
class Job:
    """A registered job."""

    name: str
    queue: str
    function: Callable[..., object]
    cron: str = ""
    punctual: bool = False

    def perform(self, arguments: dict[str, Any], *, at: datetime, job_id: int | None = None) -> None:
        """Run the function as a job: changes are stamped `job`, a failure leaves its reason."""
        tick = arguments.pop("timestamp", None)  # the moment a repeating job was due
        if self.punctual and tick is not None and at.timestamp() - tick > LATE:
            return
        if "at" in inspect.signature(self.function).parameters:
            arguments = {**arguments, "at": at}
        try:
            with origin("job", f"job-{job_id}"):
                self.function(**arguments)
        except Exception as error:
            remember(self.name, job_id, at, error)
            raise


_jobs: dict[str, Job] = {}


def find(name: str) -> Job | None:
    """The job of that name, if any module registered it."""
    return _jobs.get(name)


def registered() -> list[Job]:
    """All jobs by name, for the page that shows schedules."""
    return [_jobs[name] for name in sorted(_jobs)]


def job(name: str, queue: str = "default", retry: int | BaseRetryStrategy = RETRIES) -> Callable[[F], F]:
    """Register a function as the job of that name; a number of retries means growing waits between them."""

    def register(function: F) -> F:
        _register(Job(name, queue, function), retry)
        return function

    return register


def every(cron: str, name: str, *, punctual: bool = False) -> Callable[[F], F]:
    """Register a repeating job (cron in local time): one waiting, one running at most; the next tick is the retry.

    A run missed while no worker was there is made up for within a day; a `punctual` one, such as an evening reminder,
    is left out when it would start over ten minutes late.
    """

    def register(function: F) -> F:
        task = _register(Job(name, "default", function, cron, punctual), retry=0)
        entry: PeriodicTask[Any, Any, Any] = app.periodic_registry.register_task(
            task=task, cron=cron, periodic_id="", configure_kwargs={"queueing_lock": name, "lock": name}
        )
        # procrastinate reads cron lines as UTC unless the iterator starts in a zone.
        entry.croniter.set_current(start_time=datetime(2026, 1, 1, tzinfo=ZoneInfo(settings.TIME_ZONE)))
        return function

    app.periodic_defaults = {"max_delay": MISSED}
    return register


def _register(entry: Job, retry: int | BaseRetryStrategy) -> Task[Any, Any, Any]:
    growing = RetryStrategy(max_attempts=retry, exponential_wait=4) if isinstance(retry, int) and retry else retry

    def shell(context: JobContext, /, **arguments: Any) -> None:
        entry.perform(arguments, at=timezone.now(), job_id=context.job.id)

    _jobs[entry.name] = entry
    return app.task(name=entry.name, queue=entry.queue, retry=growing, pass_context=True)(shell)


def remember(name: str, job_id: int | None, at: datetime, error: Exception) -> None:
    """Keep why an attempt failed, unless the connection cannot say it any more."""
    if job_id is not None and not connection.needs_rollback:
        JobFailure.objects.create(job_id=job_id, name=name, at=at, error=f"{type(error).__name__}: {error}"[:500])
