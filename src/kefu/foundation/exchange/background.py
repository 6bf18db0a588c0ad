"""Imports that run after the answer, for whoever asks by program."""

from __future__ import annotations

from datetime import datetime

from kefu.foundation.audit.trail import action
from kefu.foundation.exchange.actions import open_run
from kefu.foundation.exchange.choices import Mode, State
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.specs import ImportSpec
from kefu.foundation.exchange.undoing import begin_undo
from kefu.foundation.jobs.defer import defer
from kefu.organisation.models import User


@action
def bring(
    *, spec: ImportSpec, content: bytes, name: str, mode: Mode, update: bool = False, by: User, at: datetime
) -> ImportRun:
    """Keep a file and have it checked or written. Raises as `open_run`."""
    run = open_run(spec=spec, content=content, name=name, update=update, by=by, at=at)
    run.state = State.CHECKING if mode == Mode.DRY else State.WRITING
    run.save(update_fields=["state"])
    defer("exchange.run_import", lock=f"import-{run.pk}", run_id=run.pk, step=str(mode))
    return run


@action
def take_back(*, run: ImportRun, reason: str, by: User, at: datetime) -> ImportRun:
    """Have what an import created taken back. Raises as `begin_undo`."""
    begun = begin_undo(run=run, reason=reason, by=by, at=at)
    defer("exchange.undo_import", lock=f"import-{run.pk}", run_id=run.pk, by_id=by.pk)
    return begun
