"""Long bulk actions run after the answer; what became of their rows is forgotten in time."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation

from kefu.foundation.jobs.registry import every, job
from kefu.foundation.lists import actions, running
from kefu.foundation.lists.choices import RunState
from kefu.foundation.lists.models import BulkRun
from kefu.organisation.queries import system_user


@job("lists.perform")
def perform(*, at: datetime, run_id: int) -> None:
    """Do the rows that wait, in the language of whoever asked. Twice is harmless: a settled row is left alone."""
    run = BulkRun.objects.select_related("by").filter(pk=run_id, state=RunState.RUNNING).first()
    if run is not None:
        with translation.override(run.by.language):
            running.perform(run, ring=True, at=at)


@every("40 3 * * *", "lists.forget_runs")
def forget(*, at: datetime) -> None:
    """Destroy old results."""
    actions.forget_runs(by=system_user("system"), at=at)
