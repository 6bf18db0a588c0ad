"""Taking rows one by one: each in its savepoint, each with its own result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.utils.translation import gettext as _

from kefu.foundation.exchange.cells import BadCell
from kefu.foundation.exchange.choices import Did
from kefu.foundation.exchange.models import ImportedRow, ImportRun
from kefu.foundation.exchange.sheets import Sheet
from kefu.foundation.exchange.specs import Context, ImportSpec, Outcome, Row, RowAction
from kefu.kernel.errors import Invalid, KefuError, OutOfScope

CHUNK = 500
Numbered = tuple[int, list[object]]


@dataclass(slots=True)
class Taken:
    """The result of one row."""

    number: int
    did: str = Did.BAD
    subject_id: int | None = None
    errors: list[dict[str, Any]] = field(default_factory=list)

    @property
    def bad(self) -> bool:
        """Whether the row cannot be imported as it is."""
        return bool(self.errors)


def chunks(rows: Iterable[Numbered]) -> Iterator[Sequence[Numbered]]:
    """Rows in portions."""
    coming = iter(rows)
    while portion := list(islice(coming, CHUNK)):
        yield portion


def reserve(spec: ImportSpec, sheet: Sheet, rows: Iterable[Numbered], context: Context) -> None:
    """Lock what the rows of this transaction need, where the spec says so."""
    if spec.reserve and context.writing:
        read = (_read(spec, sheet, number, cells) for number, cells in rows)
        spec.reserve((row for row, errors in read if not errors), context)


def take(spec: ImportSpec, sheet: Sheet, rows: Sequence[Numbered], context: Context) -> list[Taken]:
    """Read the rows and, where every cell could be read, do what the spec does with a row."""
    taken, readable = [], []
    for number, cells in rows:
        row, errors = _read(spec, sheet, number, cells)
        taken.append(Taken(number, errors=errors))
        if not errors:
            readable.append(row)
    if spec.begin and readable:
        spec.begin(readable, context)
    results = _outcomes(spec, readable, context)
    for each in taken:
        if not each.bad:
            _note(spec, each, next(results))
    return taken


def _read(spec: ImportSpec, sheet: Sheet, number: int, cells: list[object]) -> tuple[Row, list[dict[str, Any]]]:
    values: dict[str, Any] = {}
    errors = []
    for column in spec.columns:
        place = sheet.header.places.get(column.key, -1)
        cell = cells[place] if 0 <= place < len(cells) else ""
        values[column.key] = None
        if cell == "" or cell is None:
            if column.required:
                errors.append(_error(number, column.name, "required", _("必填。")))
            continue
        try:
            values[column.key] = column.parse(cell)
        except BadCell as bad:
            errors.append(_error(number, column.name, bad.code, bad.message))
    return Row(number, values, frozenset(sheet.header.places)), errors


def _outcomes(spec: ImportSpec, rows: Sequence[Row], context: Context) -> Iterator[Outcome | Exception]:
    if spec.chunk and context.writing:
        yield from spec.chunk(rows, context)
        return
    act = spec.row if context.writing or spec.check is None else spec.check
    for row in rows:
        yield _one(act, row, context)


def _one(act: RowAction, row: Row, context: Context) -> Outcome | Exception:
    try:
        with transaction.atomic():
            return act(row, context)
    except (KefuError, IntegrityError, DataError) as refusal:
        return refusal


def _note(spec: ImportSpec, taken: Taken, result: Outcome | Exception) -> None:
    if isinstance(result, Outcome):
        taken.did, taken.subject_id = str(result.did), result.subject_id
    elif isinstance(result, Invalid):
        taken.errors = [
            _error(taken.number, spec.name_of(each.field), each.code, each.message) for each in result.errors
        ]
    elif isinstance(result, OutOfScope):
        taken.errors = [_error(taken.number, "", result.code, _("没有找到，或不在您的范围内。"))]
    elif isinstance(result, KefuError):
        taken.errors = [_error(taken.number, "", result.code, result.message)]
    elif isinstance(result, IntegrityError):
        taken.errors = [_error(taken.number, "", "conflict", _("和已有的数据冲突。"))]
    else:
        taken.errors = [_error(taken.number, "", "not_storable", _("有内容超出了可以保存的范围。"))]


def _error(number: int, column: str, code: str, message: object) -> dict[str, Any]:
    return {"row": number, "column": column, "code": code, "message": str(message)}


def keep(run: ImportRun, taken: Sequence[Taken], *, written: bool) -> None:
    """Keep what each row became or would become, and what is wrong with it."""
    made = (
        ImportedRow(
            run=run, row=each.number, did=each.did, errors=each.errors, subject_id=each.subject_id if written else None
        )
        for each in taken
    )
    while portion := list(islice(made, CHUNK)):
        ImportedRow.objects.bulk_create(portion)
