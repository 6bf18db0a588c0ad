"""Spreadsheets out: they open in Excel as they should, execute nothing, and are written down."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import action, record
from kefu.foundation.exchange.sheets import CSV, XLSX
from kefu.kernel.errors import Invalid
from kefu.organisation.models import User

_RISKY = ("=", "+", "-", "@", "\t", "\r")
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True)
class ExportFile:
    """What the caller hands to the browser."""

    name: str
    media_type: str
    content: bytes
    rows: int


@action
def export_rows(
    *,
    code: str,
    title: str,
    columns: Sequence[object],
    rows: Iterable[Sequence[object]],
    reason: str,
    by: User,
    at: datetime,
    customer_id: int | None = None,
    form: Literal["csv", "xlsx"] = "csv",
) -> ExportFile:
    """Write rows as a spreadsheet and record who took what and why (kind export). The caller has checked that `by` may.

    `code` names the list (`customers.list`), `columns` are its headers; the last line says who took it, when and why. Raises Invalid on `reason` without one.
    """
    reason = reason.strip()
    if not reason or len(reason) > 500:
        raise Invalid.one("reason", "required", _("请写明导出的用途，500 字以内。"))
    titles = [str(column) for column in columns]
    counted = [list(row) for row in rows]
    mark = _mark(reason, by, at)
    content = _csv(titles, [*counted, [mark]]) if form == "csv" else _xlsx(title, titles, [*counted, [mark]])
    record(
        code, by=by, at=at, kind=Kind.EXPORT, reason=reason, customer_id=customer_id,
        changes={"rows": (None, len(counted)), "columns": (None, "、".join(titles)), "form": (None, form)},
    )  # fmt: skip
    day = timezone.localtime(at).strftime("%Y%m%d-%H%M")
    return ExportFile(f"{title}-{day}.{form}", CSV if form == "csv" else XLSX, content, len(counted))


def _mark(reason: str, by: User, at: datetime) -> str:
    """Who took the list away, when and for what: the last line of every file."""
    when = timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
    told = {"name": by.name, "number": by.job_number, "when": when, "reason": reason}
    return _("导出人：%(name)s %(number)s，%(when)s，用途：%(reason)s") % told


def _csv(titles: list[str], rows: list[list[object]]) -> bytes:
    """UTF-8 with a mark, so that Excel shows Chinese; a text that would start a formula is kept from doing so."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_guarded(title) for title in titles])
    writer.writerows([_guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _guarded(cell: object) -> object:
    shown = _shown(cell)
    return f"'{shown}" if isinstance(shown, str) and not isinstance(cell, date) and shown.startswith(_RISKY) else shown


def _xlsx(title: str, titles: list[str], rows: list[list[object]]) -> bytes:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page = book.create_sheet(re.sub(r"[\[\]:*?/\\]", " ", title)[:31])
    page.append([safe_cell(page, title) for title in titles])
    for row in rows:
        page.append([safe_cell(page, cell) for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def safe_cell(page: Any, cell: object) -> Any:
    """A cell of a workbook that is what it looks like: a text beginning with = stays a text."""
    from openpyxl.cell import WriteOnlyCell

    shown = _shown(cell)
    made = WriteOnlyCell(page, _NOT_XML.sub("", shown)[:32_767] if isinstance(shown, str) else shown)  # type: ignore[arg-type]
    if isinstance(shown, str):
        made.data_type = "s"
    return made


def _shown(cell: object) -> str | int | float | Decimal:
    """Numbers stay numbers, moments are local, the rest is text."""
    if isinstance(cell, datetime):
        return (timezone.localtime(cell) if timezone.is_aware(cell) else cell).strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, bool):
        return _("是") if cell else _("否")
    if isinstance(cell, int | float | Decimal):
        return cell
    return "" if cell is None else str(cell)
