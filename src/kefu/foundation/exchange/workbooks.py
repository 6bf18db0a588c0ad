"""The bad rows of an import as a workbook: as they came, with what is wrong, ready to be corrected and imported again."""

from __future__ import annotations

import io
from typing import Any

from django.utils.translation import gettext as _

from kefu.foundation.exchange import sheets, specs
from kefu.foundation.exchange.choices import Did
from kefu.foundation.exchange.export import safe_cell
from kefu.foundation.exchange.models import ImportRun
from kefu.foundation.exchange.sheets import Sheet
from kefu.foundation.exchange.specs import ImportSpec
from kefu.foundation.files import storage

REASON = "原因"
MARK = "FFF4C7C3"


def workbook(run: ImportRun) -> bytes:
    """The workbook of a run's bad rows: the header, each bad row with its bad cells marked, and a column 原因."""
    from openpyxl import Workbook

    sheet = sheets.read(storage.read(run.file), specs.find(run.spec).columns, run.mapping)
    wrong = dict(run.rows.filter(did=Did.BAD).values_list("row", "errors"))
    width = max(len(sheet.titles), *(place + 1 for place in sheet.header.places.values()))
    book = Workbook(write_only=True)
    page = book.create_sheet(_("要改的行"))
    page.append([*_titles(sheet, run, width), REASON])
    for number, cells in sheet.numbered():
        if number in wrong:
            page.append(_row(page, sheet, run, cells, wrong[number], width))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _titles(sheet: Sheet, run: ImportRun, width: int) -> list[str]:
    """The header on one line, with the names of the import where its columns are."""
    titles = [str(title) for title in [*sheet.titles, *[""] * (width - len(sheet.titles))]][:width]
    for key, place in sheet.header.places.items():
        titles[place] = specs.find(run.spec).name_of(key)
    return titles


def _row(
    page: Any, sheet: Sheet, run: ImportRun, cells: list[object], errors: list[dict[str, Any]], width: int
) -> list[Any]:
    from openpyxl.styles import PatternFill

    spec = specs.find(run.spec)
    names = {place: spec.name_of(key) for key, place in sheet.header.places.items()}
    bad = {error["column"] for error in errors}
    made: list[Any] = []
    for place in range(width):
        cell = safe_cell(page, cells[place] if place < len(cells) else "")
        if names.get(place) in bad and names.get(place):
            cell.fill = PatternFill("solid", fgColor=MARK)
        made.append(cell)
    said = "；".join(
        f"{error['column']}：{error['message']}" if error["column"] else error["message"] for error in errors
    )
    return [*made, safe_cell(page, _("第 %(row)s 行：%(said)s") % {"row": errors[0]["row"], "said": said})]


def blank(spec: ImportSpec) -> bytes:
    """A workbook to fill in: the header, and a second page that explains each column."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    page, guide = book.create_sheet(_("填写")), book.create_sheet(_("说明"))
    page.append([column.name for column in spec.columns])
    guide.append([_("列"), _("必填"), _("怎么填")])
    for column in spec.columns:
        guide.append([column.name, _("是") if column.required else "", str(column.hint)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
