"""Bytes of a spreadsheet to rows of cells, whatever program wrote it."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from kefu.foundation.exchange.headers import Header, find_header, require_columns
from kefu.foundation.exchange.specs import Column
from kefu.kernel.errors import Invalid

MAX_BYTES = 20 * 1024 * 1024
MAX_UNPACKED = 400 * 1024 * 1024
MAX_ROWS = 100_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
XLS = "application/vnd.ms-excel"
CSV = "text/csv"

Rows = list[list[object]]


@dataclass(frozen=True)
class Sheet:
    """The rows of a file below its header; the row with index i has number `header.row + 2 + i` in the spreadsheet."""

    media_type: str
    header: Header
    titles: list[object]
    rows: Rows

    def numbered(self) -> list[tuple[int, list[object]]]:
        """The rows that are not empty, with their numbers."""
        first = self.header.row + 2
        return [(first + place, row) for place, row in enumerate(self.rows) if any(cell != "" for cell in row)]


def read(content: bytes, columns: Sequence[Column]) -> Sheet:
    """Read a spreadsheet whose columns are those of a spec.

    Raises Invalid on field `file`: too large, not a spreadsheet, no header found, a required column missing, no rows.
    """
    if len(content) > MAX_BYTES:
        raise _wrong("too_large", _("文件超过 20 MB，请分成几个文件导入。"))
    media_type, sheets = _sheets(content)
    for rows in sheets:
        header = find_header(rows, columns)
        if header is None:
            continue
        require_columns(header, columns)
        sheet = Sheet(media_type, header, rows[header.row], rows[header.row + 1 :])
        if len(sheet.rows) > MAX_ROWS:
            raise _wrong("too_many_rows", _("一次最多导入 10 万行，请分成几个文件。"))
        if not sheet.numbered():
            raise _wrong("empty", _("表头下面没有数据。"))
        return sheet
    names = "、".join(column.name for column in columns[:4])
    raise _wrong("no_header", _("没有找到表头。表头要有这些列：%(names)s…") % {"names": names})


def _sheets(content: bytes) -> tuple[str, list[Rows]]:
    if content.startswith(b"PK\x03\x04"):
        return _archive_type(content), _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return XLS, _workbook(content)
    return CSV, [_table(_decoded(content))]


def _archive_type(content: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise _wrong("too_large", _("文件解开后太大，请分成几个文件导入。"))
            return XLSX if "xl/workbook.xml" in archive.namelist() else ODS
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise _unreadable() from error


def _workbook(content: bytes) -> list[Rows]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            _filled(book.get_sheet_by_name(meta.name))
            for meta in book.sheets_metadata
            if str(meta.typ).endswith("WorkSheet")
        ]
    except CalamineError as error:
        raise _unreadable() from error


def _filled(sheet: object) -> Rows:
    """The cells of a sheet; a cell merged over several rows of one column speaks for each of them."""
    rows: Rows = sheet.to_python(skip_empty_area=False)  # type: ignore[attr-defined]
    for (top, left), (bottom, right) in sheet.merged_cell_ranges or ():  # type: ignore[attr-defined]
        if left != right or top >= len(rows) or left >= len(rows[top]):
            continue
        for number in range(top + 1, min(bottom + 1, len(rows))):
            rows[number][left] = rows[top][left]
    return [[cell.strip() if isinstance(cell, str) else cell for cell in row] for row in rows]


def _decoded(content: bytes) -> str:
    """Text of a CSV: UTF-8 or UTF-16 with their marks, else UTF-8, else the GB18030 that Excel in China writes."""
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = next((name for mark, name in marks.items() if content.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            decoded = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not any(character < " " and character not in "\t\r\n\x1a" for character in decoded):
            return decoded.rstrip("\x1a")
    raise _unreadable()


def _table(content: str) -> Rows:
    lines = list(islice((line for line in content.splitlines() if line.strip()), 20))
    delimiter = max(",\t;", key=lambda mark: sum(line.count(mark) for line in lines))
    try:
        rows = list(csv.reader(io.StringIO(content, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise _unreadable() from error
    return [[cell.strip() for cell in row] for row in rows]


def _wrong(code: str, message: str) -> Invalid:
    return Invalid.one("file", code, message)


def _unreadable() -> Invalid:
    return _wrong("unreadable", _("读不了这个文件。请用没有密码的 xlsx、xls、ods 或 csv。"))
