"""The writes of imports: opening a run, taking in its rows, taking them back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.exchange import sheets, specs
from kefu.foundation.exchange.choices import Did, Mode, State
from kefu.foundation.exchange.models import ImportedRow, ImportRun
from kefu.foundation.exchange.progress import Progress
from kefu.foundation.exchange.sheets import Sheet
from kefu.foundation.exchange.specs import Context, ImportSpec
from kefu.foundation.exchange.taking import Numbered, Taken, chunks, reserve, take
from kefu.foundation.files import storage
from kefu.kernel.errors import Invalid, KefuError, Refused
from kefu.organisation.models import User

KIND = "exchange.run"


@action
def open_run(*, spec: ImportSpec, content: bytes, name: str, update: bool, by: User, at: datetime) -> ImportRun:
    """Keep a file to be imported; nothing of it is checked but its columns.

    Raises Forbidden, Invalid on field `file` when it cannot be read as this import, Refused when it may not update.
    """
    spec.authorise(by)
    if update and not spec.updatable:
        raise Refused("not_updatable", _("这种导入只能新增，不能更新已有的记录。"))
    sheet = sheets.read(content, spec.columns)
    run = ImportRun.objects.create(
        spec=spec.code, file=storage.store(content, sheet.media_type), name=name[:200], update=update, by=by, at=at,
        total=sheet.total, unknown_columns=list(sheet.header.unknown),
    )  # fmt: skip
    changes = {"spec": (None, spec.code), "sha256": (None, run.file.sha256), "rows": (None, run.total)}
    record("exchange.opened", by=by, at=at, subject=Subject(KIND, run.pk), changes=changes)
    return run


@action
def write_all(*, run: ImportRun, sheet: Sheet, context: Context, by: User, at: datetime) -> list[Taken]:
    """Write every row in one transaction; with one bad row nothing is written. Saves what was found."""
    spec, taken = specs.find(run.spec), []
    with Progress(run) as progress, transaction.atomic():
        reserve(spec, sheet, sheet.numbered(), context)
        for rows in chunks(sheet.numbered()):
            part = take(spec, sheet, rows, context)
            _remember(run, part)
            taken += part
            progress.reached(len(taken))
        if any(each.bad for each in taken):
            transaction.set_rollback(True)
        elif spec.finish:
            spec.finish(context)
    written = not any(each.bad for each in taken)
    _count(run, taken, written=written)
    run.done, run.mode, run.finished_at = len(taken), Mode.COMMIT, at
    run.state = State.DONE if written else State.REFUSED
    run.save()
    _record_end(run, by, at)
    return taken


@action
def write_portion(
    *, run: ImportRun, sheet: Sheet, rows: Sequence[Numbered], context: Context, by: User, at: datetime
) -> None:
    """Write the good rows of a portion, and how far the run is with it: a killed run goes on from there."""
    spec = specs.find(run.spec)
    reserve(spec, sheet, rows, context)
    taken = take(spec, sheet, rows, context)
    _remember(run, taken)
    _count(run, taken, written=True)
    run.done += len(taken)
    run.mode = Mode.GOOD
    run.save()
    nothing_changed()  # the rows' own actions have recorded theirs; the end of the run is recorded by `end_run`


@action
def end_run(*, run: ImportRun, context: Context, by: User, at: datetime) -> None:
    """All portions are written."""
    spec = specs.find(run.spec)
    if spec.finish:
        spec.finish(context)
    run.state, run.finished_at = State.DONE, at
    run.save()
    _record_end(run, by, at)


def _record_end(run: ImportRun, by: User, at: datetime) -> None:
    counts = ("good", "bad", "created", "updated")
    changes = {"mode": (None, run.mode)} | {name: (None, getattr(run, name)) for name in counts}
    code = "exchange.imported" if run.state == State.DONE else "exchange.not_imported"
    record(code, by=by, at=at, subject=Subject(KIND, run.pk), changes=changes)


def _remember(run: ImportRun, taken: Sequence[Taken]) -> None:
    ImportedRow.objects.bulk_create(
        ImportedRow(run=run, row=each.number, did=each.did, subject_id=each.subject_id)
        for each in taken
        if not each.bad
    )


def _count(run: ImportRun, taken: Sequence[Taken], *, written: bool) -> None:
    """Add to what the run has found and written."""
    run.errors = [*run.errors, *(error for each in taken for error in each.errors)]
    run.bad += sum(each.bad for each in taken)
    run.good += sum(not each.bad for each in taken)
    if written:
        run.created += sum(each.did == Did.CREATED for each in taken)
        run.updated += sum(each.did == Did.UPDATED for each in taken)


@action
def undo_run(*, run: ImportRun, reason: str, by: User, at: datetime) -> ImportRun:
    """Take back what an import created, last row first. Rows already in use stay, each with its reason.

    Updated rows are not put back. Raises Invalid without a reason, Refused when the import has no undo or is not done.
    """
    spec = specs.find(run.spec)
    spec.authorise(by)
    reason = reason.strip()
    if not reason or len(reason) > 200:
        raise Invalid.one("reason", "required", _("请写明撤销的原因，200 字以内。"))
    locked = ImportRun.objects.select_for_update(no_key=True).get(pk=run.pk)
    if spec.undo is None or locked.state not in (State.DONE, State.UNDOING):
        raise Refused("cannot_undo", _("这次导入不能撤销。"))
    undone = 0
    for row in locked.rows.filter(did=Did.CREATED, subject_id__isnull=False, undone=False).order_by("-row"):
        undone += _undo_row(spec, row, reason, by, at)
    locked.undone += undone
    locked.state, locked.undone_at, locked.undone_by, locked.undo_reason = State.UNDONE, at, by, reason
    locked.save()
    changes = {"undone": (None, undone), "left": (None, locked.created - locked.undone)}
    record("exchange.undone", by=by, at=at, subject=Subject(KIND, run.pk), changes=changes, reason=reason)
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
