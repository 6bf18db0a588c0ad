"""Taking an import back, portion by portion, so that a long one holds nobody up and a killed one goes on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.exchange import specs, taking
from kefu.foundation.exchange.actions import KIND
from kefu.foundation.exchange.choices import Did, State
from kefu.foundation.exchange.models import ImportedRow, ImportRun
from kefu.foundation.exchange.specs import ImportSpec
from kefu.kernel.errors import Invalid, KefuError, Refused
from kefu.organisation.models import User


def undo_run(*, run: ImportRun, reason: str, by: User, at: datetime) -> ImportRun:
    """Take back what an import created, last row first. Rows already in use stay, each with its reason.

    Updated rows are not put back. Raises Invalid without a reason, Refused when the import has no undo or is not done.
    """
    return go_on_undoing(run=begin_undo(run=run, reason=reason, by=by, at=at), by=by, at=at)


def go_on_undoing(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Do what is left of an undo that was begun."""
    while undo_portion(run=run, by=by, at=at):
        pass
    return end_undo(run=run, by=by, at=at)


@action
def begin_undo(*, run: ImportRun, reason: str, by: User, at: datetime) -> ImportRun:
    """Decide that an import is taken back; from here to the end it goes on by itself, also after a kill.

    Raises Invalid without a reason, Refused when the import has no undo or is not done.
    """
    spec = specs.find(run.spec)
    spec.authorise(by)
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Invalid.one("reason", "required", _("请写明撤销的原因，200 字以内。"))
    locked = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if spec.undo is None or locked.state != State.DONE:
        raise Refused("cannot_undo", _("这次导入不能撤销。"))
    locked.state, locked.undone_at, locked.undone_by, locked.undo_reason = State.UNDOING, at, by, reason
    locked.done = 0
    locked.save()
    record("exchange.undo_begun", by=by, at=at, subject=Subject(KIND, run.pk), reason=reason)
    return locked


@action
def undo_portion(*, run: ImportRun, by: User, at: datetime) -> bool:
    """Take back the next rows, last first; a row already in use stays, with its reason. Answers whether there was one."""
    spec = specs.find(run.spec)
    locked = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    nothing_changed()  # the rows' own actions record theirs; the end is recorded by `end_undo`
    if locked.state != State.UNDOING:
        return False
    left = locked.rows.filter(did=Did.CREATED, subject_id__isnull=False, undone=False, left="")
    rows = list(left.order_by("-row")[: taking.CHUNK])
    if spec.hold and rows:
        spec.hold(*(row.subject_id for row in rows))
    locked.undone += sum(_undo_row(spec, row, locked.undo_reason, by, at) for row in rows)
    locked.done += len(rows)
    locked.save(update_fields=["undone", "done"])
    return bool(rows)


@action
def end_undo(*, run: ImportRun, by: User, at: datetime) -> ImportRun:
    """Every row is taken back or stays for a reason."""
    locked = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if locked.state != State.UNDOING:
        nothing_changed()
        return locked
    locked.state = State.UNDONE
    locked.save(update_fields=["state"])
    changes = {"undone": (None, locked.undone), "left": (None, locked.created - locked.undone)}
    record("exchange.undone", by=by, at=at, subject=Subject(KIND, run.pk), changes=changes, reason=locked.undo_reason)
    return locked


def _undo_row(spec: ImportSpec, row: ImportedRow, reason: str, by: User, at: datetime) -> bool:
    try:
        with transaction.atomic():
            spec.undo(row.subject_id, reason=reason, by=by, at=at)  # type: ignore[misc, arg-type]
    except KefuError as refusal:
        row.left = str(refusal)[:300]
    else:
        row.undone = True
    row.save(update_fields=["undone", "left"])
    return row.undone
