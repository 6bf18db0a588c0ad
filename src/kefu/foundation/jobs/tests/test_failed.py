"""A job fails: it is tried again with growing waits, then listed, and an administrator gives it another chance."""

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs import queries
from kefu.foundation.jobs.actions import retry_job
from kefu.foundation.jobs.defer import defer
from kefu.foundation.jobs.registry import Job, every, find, job
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.jobs.upkeep import retry_stalled, tidy
from kefu.kernel.errors import Forbidden, OutOfScope, Refused
from kefu.testing.cast import AT

gateway = {"down": True}


@job("test.fragile", retry=2)
def fragile(*, order: str) -> None:
    if gateway["down"]:
        raise ConnectionError("gateway closed")


@every("0 4 * * *", "test.nightly")
def nightly() -> None:
    raise ValueError("never")


@pytest.fixture(autouse=True)
def _gateway_down():
    gateway["down"] = True


def failed_job() -> int:
    job_id = defer("test.fragile", order="JC-1")
    for hours in range(3):
        run_pending(AT + timedelta(hours=hours), raises=False)
    assert job_id is not None
    return job_id


def test_a_job_is_tried_again_after_growing_waits_and_then_given_up(db):
    job_id = defer("test.fragile", order="JC-1")

    assert run_pending(AT, raises=False) == 1
    waits = [ProcrastinateJob.objects.get(pk=job_id).scheduled_at - AT]
    assert run_pending(AT + timedelta(minutes=1), raises=False) == 1
    waits.append(ProcrastinateJob.objects.get(pk=job_id).scheduled_at - AT - timedelta(minutes=1))
    assert [round(wait.total_seconds()) for wait in waits] == [4, 16]
    assert run_pending(AT + timedelta(minutes=2), raises=False) == 1

    (given_up,) = queries.failed()
    assert (given_up.id, given_up.name, given_up.args) == (job_id, "test.fragile", {"order": "JC-1"})
    assert given_up.error == "ConnectionError: gateway closed"
    assert given_up.failed_at == AT + timedelta(minutes=2)
    assert queries.failed_count() == 1
    assert queries.queue_sizes() == [queries.QueueSize("default", waiting=0, running=0, failed=1)]


def test_a_test_sees_the_exception_of_its_job(db):
    defer("test.fragile", order="JC-1")

    with pytest.raises(ConnectionError, match="gateway closed"):
        run_pending(AT)


def test_the_administrator_gives_a_failed_job_another_chance(cast):
    job_id = failed_job()
    gateway["down"] = False

    retry_job(job_id=job_id, by=cast.admin, at=cast.at)

    assert run_pending(cast.at) == 1
    assert ProcrastinateJob.objects.get(pk=job_id).status == "succeeded"
    assert AuditEntry.objects.get(code="jobs.retried").subject_id == job_id


def test_an_agent_may_not_retry_and_nothing_changes(cast):
    job_id = failed_job()

    with pytest.raises(Forbidden):
        retry_job(job_id=job_id, by=cast.service, at=cast.at)

    assert ProcrastinateJob.objects.get(pk=job_id).status == "failed"


def test_only_a_failed_job_can_be_retried(cast):
    job_id = defer("test.fragile", order="JC-2")

    with pytest.raises(Refused, match="没有失败"):
        retry_job(job_id=job_id, by=cast.admin, at=cast.at)
    with pytest.raises(OutOfScope):
        retry_job(job_id=10**9, by=cast.admin, at=cast.at)


def test_a_failed_repeating_job_is_not_queued_beside_the_waiting_one(cast):
    job_id = defer("test.nightly", queueing_lock="test.nightly")
    run_pending(cast.at, raises=False)
    defer("test.nightly", queueing_lock="test.nightly")

    with pytest.raises(Refused, match="已在排队"):
        retry_job(job_id=job_id, by=cast.admin, at=cast.at)


def start(job_id: int, *, heartbeat: str) -> None:
    """As a worker does when it takes a job; `heartbeat` is the age of its last beat."""
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into procrastinate_workers (last_heartbeat) values (now() - %s::interval) returning id", [heartbeat]
        )
        cursor.execute(
            "update procrastinate_jobs set status = 'doing', worker_id = %s where id = %s",
            [cursor.fetchone()[0], job_id],
        )


def now():
    with connection.cursor() as cursor:
        cursor.execute("select now()")
        return cursor.fetchone()[0]


def test_a_job_whose_worker_died_is_queued_again_and_one_that_runs_is_left_alone(db):
    lost, running = defer("test.fragile", order="JC-1"), defer("test.fragile", order="JC-2")
    start(lost, heartbeat="31 seconds")
    start(running, heartbeat="29 seconds")

    assert retry_stalled(at=now()) == 1

    assert ProcrastinateJob.objects.get(pk=lost).status == "todo"
    assert ProcrastinateJob.objects.get(pk=running).status == "doing"


def test_a_stalled_repeating_job_gives_way_to_the_one_that_waits(db):
    lost = defer("test.nightly", queueing_lock="test.nightly", lock="test.nightly")
    start(lost, heartbeat="1 minute")
    successor = defer("test.nightly", queueing_lock="test.nightly", lock="test.nightly")

    assert retry_stalled(at=now()) == 1

    assert ProcrastinateJob.objects.get(pk=lost).status == "aborted"
    assert ProcrastinateJob.objects.get(pk=successor).status == "todo"


def test_a_worker_counts_as_alive_for_thirty_seconds_after_its_heartbeat(db):
    assert queries.worker_alive(now()) is False
    start(defer("test.fragile", order="JC-1"), heartbeat="0 seconds")

    assert queries.worker_alive(now() + timedelta(seconds=30)) is True
    assert queries.worker_alive(now() + timedelta(seconds=31)) is False


def test_jobs_that_succeeded_weeks_ago_are_forgotten_and_failed_ones_kept(db):
    gateway["down"] = False
    old = defer("test.fragile", order="JC-1")
    run_pending(AT)
    gateway["down"] = True
    bad = failed_job()
    with connection.cursor() as cursor:
        cursor.execute("update procrastinate_events set at = now() - interval '15 days'")

    tidy(at=AT)

    assert not ProcrastinateJob.objects.filter(pk=old).exists()
    assert ProcrastinateJob.objects.filter(pk=bad).exists()


def test_a_missed_night_is_made_up_for_but_a_late_reminder_is_left_out():
    due = AT.replace(hour=20).timestamp()
    nights: list[str] = []
    reminder = Job("test.reminder", "default", lambda: nights.append("reminder"), "0 20 * * *", punctual=True)
    rebuild = Job("test.rebuild", "default", lambda: nights.append("rebuild"), "0 20 * * *")

    for entry in (reminder, rebuild):
        entry.perform({"timestamp": due}, at=AT.replace(hour=20, minute=11))
    reminder.perform({"timestamp": due}, at=AT.replace(hour=20, minute=10))

    assert nights == ["rebuild", "reminder"]


def test_repeating_jobs_follow_the_clock_on_the_wall():
    from procrastinate.contrib.django import app

    entry = app.periodic_registry.periodic_tasks[("test.nightly", "")]

    tick = entry.croniter.get_next(ret_type=float, start_time=AT.timestamp())

    assert tick == (AT + timedelta(hours=19)).timestamp()  # from nine in the morning to four in the night
    assert find("jobs.retry_stalled").cron == "* * * * *"
