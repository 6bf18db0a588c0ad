"""The writes of imports: opening a run, taking in its rows, taking them back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.exchange import layouts, sheets, specs
from kefu.foundation.exchange.choices import Did, Mode, State
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.progress import Progress
from kefu.foundation.exchange.sheets import Sheet
from kefu.foundation.exchange.specs import Context, ImportSpec
from kefu.foundation.exchange.taking import Numbered, Taken, chunks, keep, reserve, take
from kefu.foundation.files import storage
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User

KIND = "exchange.run"


@action
def open_run(
    *,
    spec: ImportSpec,
    content: bytes,
    name: str,
    update: bool,
    by: User,
    at: datetime,
    mapping: Mapping[str, str] | None = None,
    to_assign: bool = False,
) -> ImportRun:
    """Keep a file to be imported; nothing of it is checked but its columns. `mapping` says what its titles are.

    With `to_assign` a table whose titles are not understood is kept too, with a total of 0, for its columns to be assigned.
    Raises Forbidden, Invalid on field `file` when it cannot be read as this import, Refused when it may not update.
    """
    spec.authorise(by)
    if update and not spec.updatable:
        raise Refused("not_updatable", _("这种导入只能新增，不能更新已有的记录。"))
    run = ImportRun(spec=spec.code, name=name[:200], update=update, by=by, at=at, mapping=dict(mapping or {}))
    try:
        sheet = sheets.read(content, spec.columns, mapping)
        media_type, run.total, run.unknown_columns = sheet.media_type, sheet.total, list(sheet.header.unknown)
    except Invalid as wrong:
        if not to_assign or not layouts.assignable(content, wrong):
            raise
        media_type = sheets.tables_of(content)[0]
    run.file = storage.store(content, media_type)
    run.save()
    changes = {"spec": (None, spec.code), "sha256": (None, run.file.sha256), "rows": (None, run.total)}
    record("exchange.opened", by=by, at=at, subject=Subject(KIND, run.pk), changes=changes)
    return run


@action
def assign_columns(*, run: ImportRun, mapping: Mapping[str, str], by: User, at: datetime) -> ImportRun:
    """Say what the columns of a file are; it has to be checked after that.

    Raises Invalid on `file` when a required column is missing or one is given twice, Refused once something is written.
    """
    spec = specs.find(run.spec)
    spec.authorise(by)
    locked = ImportRun.objects.select_for_update(no_key=True).select_related("file").get(pk=run.pk)
    if not locked.assignable:
        raise Refused("already_written", _("这次导入已经处理过，不能再改列。"))
    sheet = sheets.read(storage.read(locked.file), spec.columns, mapping)
    locked.mapping, locked.state, locked.mode, locked.done = dict(mapping), State.OPEN, Mode.DRY, 0
    locked.total, locked.unknown_columns = sheet.total, list(sheet.header.unknown)
    locked.save()
    places = {spec.name_of(key): sheet.titles[place] for key, place in sheet.header.places.items()}
    record("exchange.assigned", by=by, at=at, subject=Subject(KIND, run.pk), changes={"columns": (None, _told(places))})
    return locked


def _told(places: Mapping[str, object]) -> str:
    return "、".join(f"{name}={title}" for name, title in places.items())


@action
def write_all(*, run: ImportRun, sheet: Sheet, context: Context, by: User, at: datetime) -> list[Taken]:
    """Write every row in one transaction; with one bad row nothing is written. Saves what was found."""
    spec, taken = specs.find(run.spec), list[Taken]()
    with Progress(run) as progress, transaction.atomic():
        reserve(spec, sheet, sheet.numbered(), context)
        for rows in chunks(sheet.numbered()):
            taken += take(spec, sheet, rows, context)
            progress.reached(len(taken))
        if any(each.bad for each in taken):
            transaction.set_rollback(True)
        elif spec.finish:
            spec.finish(context)
    written = not any(each.bad for each in taken)
    keep(run, taken, written=written)
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
    keep(run, taken, written=True)
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


def _count(run: ImportRun, taken: Sequence[Taken], *, written: bool) -> None:
    """Add to what the run has found and written."""
    run.bad += sum(each.bad for each in taken)
    run.good += sum(not each.bad for each in taken)
    if written:
        run.created += sum(each.did == Did.CREATED for each in taken)
        run.updated += sum(each.did == Did.UPDATED for each in taken)
