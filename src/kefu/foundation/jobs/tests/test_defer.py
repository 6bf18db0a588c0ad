"""A colleague's action enqueues work; it runs after the commit, in the system's name, and never after a rollback."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import record
from kefu.foundation.jobs.defer import defer
from kefu.foundation.jobs.queries import system_user
from kefu.foundation.jobs.registry import job
from kefu.foundation.jobs.testing import run_pending
from kefu.testing.cast import AT

ran: list[tuple[str, datetime]] = []


@job("test.note")
def note(*, at: datetime, text: str) -> None:
    ran.append((text, at))


@job("test.audited")
def audited(*, at: datetime) -> None:
    record("test.audited", by=system_user(), at=at)


@pytest.fixture(autouse=True)
def _forget():
    ran.clear()


def test_a_job_is_told_its_arguments_and_the_time_it_starts(db):
    defer("test.note", text="样本已收到")

    assert run_pending(AT) == 1
    assert ran == [("样本已收到", AT)]
    assert run_pending(AT) == 0


def test_a_rolled_back_action_leaves_no_job(db):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        defer("test.note", text="不该出现")
        1 / 0  # noqa: B018

    assert ProcrastinateJob.objects.count() == 0


def test_a_scheduled_job_waits_for_its_time(db):
    defer("test.note", schedule_at=AT + timedelta(minutes=30), text="半小时后")

    assert run_pending(AT) == 0
    assert run_pending(AT + timedelta(minutes=30)) == 1


def test_a_second_job_with_the_same_queueing_lock_is_dropped_and_the_caller_goes_on(db):
    assert defer("test.note", queueing_lock="one", text="a") is not None
    assert defer("test.note", queueing_lock="one", text="b") is None
    defer("test.note", text="c")

    assert run_pending(AT) == 2
    assert [text for text, _at in ran] == ["a", "c"]


def test_a_name_nobody_registered_is_a_programming_error(db):
    with pytest.raises(LookupError, match=r"test\.unknown"):
        defer("test.unknown")


def test_what_a_job_changes_is_stamped_job_in_the_name_of_the_system(cast):
    defer("test.audited")
    run_pending(AT)

    row = AuditEntry.objects.get(code="test.audited")
    assert (row.via, row.by) == ("job", cast.system)


def test_without_the_organisation_the_system_account_is_missed_by_name(db):
    with pytest.raises(LookupError, match="load the organisation"):
        system_user()
