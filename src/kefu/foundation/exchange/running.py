"""Running an import: check, write, once per file, in steps that survive a kill."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from itertools import islice

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.foundation.audit.context import origin
from kefu.foundation.exchange import actions, sheets, specs
from kefu.foundation.exchange.choices import Did, Mode, State
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.progress import Progress
from kefu.foundation.exchange.sheets import Sheet
from kefu.foundation.exchange.specs import Context, ImportSpec
from kefu.foundation.exchange.taking import Taken, chunks, keep, reserve, take
from kefu.foundation.files import storage
from kefu.kernel.errors import Refused
from kefu.organisation.models import User


def import_file(
    *,
    spec: ImportSpec,
    content: bytes,
    name: str,
    mode: Mode | str = Mode.DRY,
    update: bool = False,
    mapping: Mapping[str, str] | None = None,
    by: User,
    at: datetime,
) -> ImportRun:
    """Check or import a file here and now, as the command line does; `run.result` says what came of it.

    A commit with bad rows writes nothing. Raises Forbidden, Invalid on `file`, Refused `already_imported`.
    """
    run = actions.open_run(spec=spec, content=content, name=name, update=update, mapping=mapping, by=by, at=at)
    if mode == Mode.DRY:
        return check_run(run=run, at=at)
    return write_run(run=run, mode=Mode(mode), at=at)


def check_run(*, run: ImportRun, at: datetime) -> ImportRun:
    """Go through every row without writing any of it, and keep what was found on the run."""
    spec, sheet = specs.find(run.spec), _sheet(run)
    context = Context(run.by, at, run.update, writing=spec.check is None)
    taken: list[Taken] = []
    with _stamped(run), Progress(run) as progress, transaction.atomic():
        reserve(spec, sheet, sheet.numbered(), context)
        for rows in chunks(sheet.numbered()):
            taken += take(spec, sheet, rows, context)
            progress.reached(len(taken))
        transaction.set_rollback(True)
    run.mode, run.done, run.bad = Mode.DRY, len(taken), sum(each.bad for each in taken)
    run.good = len(taken) - run.bad
    run.would_create = sum(each.did == Did.CREATED for each in taken)
    run.would_update = sum(each.did == Did.UPDATED for each in taken)
    run.state = State.CHECKED
    with transaction.atomic():
        run.rows.all().delete()
        keep(run, taken, written=False)
        run.save()
    return run


def write_run(*, run: ImportRun, mode: Mode, at: datetime) -> ImportRun:
    """Write the rows: all or none (`commit`), or those that are good. A run that was killed goes on where it was.

    Raises Refused `already_imported` when the file was imported before or is being imported now.
    """
    with _alone(run), _stamped(run):
        run.refresh_from_db()
        if run.state == State.DONE:
            return run
        _refuse_again(run)
        _start(run, mode)
        sheet, context = _sheet(run), Context(run.by, at, run.update)
        if mode == Mode.COMMIT:
            actions.write_all(run=run, sheet=sheet, context=context, by=run.by, at=at)
            return run
        for rows in chunks(islice(sheet.numbered(), run.done, None)):
            actions.write_portion(run=run, sheet=sheet, rows=rows, context=context, by=run.by, at=at)
        actions.end_run(run=run, context=context, by=run.by, at=at)
    return run


def _start(run: ImportRun, mode: Mode) -> None:
    """From the beginning, unless a killed run has written portions already."""
    if not (mode == Mode.GOOD == run.mode and run.done):
        run.rows.all().delete()
        run.done = run.good = run.bad = run.created = run.updated = 0
    run.state, run.refusal = State.WRITING, ""
    run.save()


def _sheet(run: ImportRun) -> Sheet:
    return sheets.read(storage.read(run.file), specs.find(run.spec).columns, run.mapping)


def _refuse_again(run: ImportRun) -> None:
    if run.update:
        return
    before = (
        ImportRun.objects.filter(spec=run.spec, file=run.file, state=State.DONE, update=False)
        .select_related("by")
        .first()
    )
    if before is not None and before.finished_at is not None:
        when = timezone.localtime(before.finished_at).strftime("%Y-%m-%d %H:%M")
        message = _("这个文件 %(name)s 已于 %(when)s 导入过。") % {"name": before.by.name, "when": when}
        raise Refused("already_imported", message, {"run": before.pk})


@contextmanager
def _alone(run: ImportRun) -> Iterator[None]:
    """Nobody else imports the same file meanwhile. The lock ends with the connection, so a kill leaves none behind."""
    digest = hashlib.sha256(f"import {run.spec} {run.file.sha256}".encode()).digest()
    key = int.from_bytes(digest[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [key])
        if not cursor.fetchone()[0]:
            raise Refused("already_imported", _("这个文件正在导入，请等它完成。"))
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [key])


@contextmanager
def _stamped(run: ImportRun) -> Iterator[None]:
    with origin("import", f"import-{run.pk}"):
        yield
