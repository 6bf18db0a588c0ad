"""Long imports run after the answer."""

from __future__ import annotations

from datetime import datetime

from django.utils import translation

from kefu.foundation.exchange import running, undoing
from kefu.foundation.exchange.choices import Mode, State
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.jobs.registry import job
from kefu.kernel.errors import Refused
from kefu.organisation.models import User


@job("exchange.run_import")
def run_import(*, at: datetime, run_id: int, step: str) -> None:
    """Check (`dry`) or write (`commit`, `good`) a run. Twice is harmless: a checked run is not checked, a written one not written again."""
    run = ImportRun.objects.select_related("by", "file").get(pk=run_id)
    with translation.override(run.by.language):
        if step == Mode.DRY:
            if run.state == State.CHECKING:
                running.check_run(run=run, at=at)
            return
        try:
            running.write_run(run=run, mode=Mode(step), at=at)
        except Refused as refusal:
            ImportRun.objects.filter(pk=run_id).exclude(state=State.DONE).update(
                state=State.REFUSED, refusal=str(refusal)[:300]
            )


@job("exchange.undo_import")
def undo_import(*, at: datetime, run_id: int, by_id: int) -> None:
    """Take back a long import, from where it is."""
    run, by = ImportRun.objects.get(pk=run_id), User.objects.get(pk=by_id)
    with translation.override(by.language):
        undoing.go_on_undoing(run=run, by=by, at=at)
