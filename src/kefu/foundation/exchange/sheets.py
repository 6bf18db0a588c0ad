"""Bytes of a spreadsheet to rows of cells, whatever program wrote it. Rows are read one by one, as often as somebody asks."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from django.utils.translation import gettext as _

from kefu.foundation.exchange.containers import ODS, XLSX, media_type_of, unreadable
from kefu.foundation.exchange.headers import SEARCHED, Header, find_header, require_columns
from kefu.foundation.exchange.specs import Column
from kefu.kernel.errors import Invalid

MAX_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
XLS = "application/vnd.ms-excel"
CSV = "text/csv"
__all__ = ["CSV", "MAX_BYTES", "MAX_ROWS", "ODS", "XLS", "XLSX", "Sheet", "read"]

_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x19\x1b-\x1f]")

Row = list[object]
Reader = Callable[[], Iterator[Row]]
"""The rows of a table from its first one; each call begins anew."""


@dataclass(frozen=True)
class Sheet:
    """A file's table below its header; the row with index i has number `header.row + 2 + i` in the spreadsheet."""

    media_type: str
    header: Header
    titles: Row
    total: int
    reader: Reader

    def numbered(self) -> Iterator[tuple[int, Row]]:
        """The rows that are not empty, with their numbers."""
        return _numbered(self.reader, self.header.row)


def read(content: bytes, columns: Sequence[Column], mapping: Mapping[str, str] | None = None) -> Sheet:
    """Read a spreadsheet whose columns are those of a spec; `mapping` says of further titles what they are.

    Raises Invalid on field `file`: too large, not a spreadsheet, no header found, a required column missing, no rows.
    """
    media_type, tables = tables_of(content)
    for reader in tables:
        top = list(islice(reader(), SEARCHED))
        header = find_header(top, columns, mapping)
        if header is None:
            continue
        require_columns(header, columns)
        total = _count(reader, header.row)
        if not total:
            raise _wrong("empty", _("表头下面没有数据。"))
        return Sheet(media_type, header, top[header.row], total, reader)
    names = "、".join(column.name for column in columns[:4])
    raise _wrong("no_header", _("没有找到表头。表头要有这些列：%(names)s…") % {"names": names})


def tables_of(content: bytes) -> tuple[str, list[Reader]]:
    """The kind of file and its tables. Raises Invalid on `file` for one that is too large or no spreadsheet."""
    if len(content) > MAX_BYTES:
        raise _wrong("too_large", _("文件超过 20 MB，请分成几个文件导入。"))
    if content.startswith(b"PK\x03\x04"):
        return media_type_of(content), _workbook(content)
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return XLS, _workbook(content)
    return CSV, [_table(_decoded(content))]


def _numbered(reader: Reader, header: int) -> Iterator[tuple[int, Row]]:
    for number, row in enumerate(islice(reader(), header + 1, None), header + 2):
        if any(cell != "" for cell in row):
            yield number, row


def _count(reader: Reader, header: int) -> int:
    total = 0
    for number, _row in _numbered(reader, header):
        total += 1
        if number - header - 1 > MAX_ROWS:
            raise _wrong("too_many_rows", _("一次最多导入 10 万行，请分成几个文件。"))
    return total


def _workbook(content: bytes) -> list[Reader]:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheets = [
            book.get_sheet_by_name(meta.name) for meta in book.sheets_metadata if str(meta.typ).endswith("WorkSheet")
        ]
    except CalamineError as error:
        raise unreadable() from error
    return [_filled(sheet) for sheet in sheets]


def _filled(sheet: object) -> Reader:
    """The cells of a sheet; a cell merged over several rows of one column speaks for each of them."""
    left = (sheet.start or (0, 0))[1]  # type: ignore[attr-defined]
    merged: dict[int, list[tuple[int, int]]] = {}
    for (top, first), (bottom, last) in sheet.merged_cell_ranges or ():  # type: ignore[attr-defined]
        if first == last:
            merged.setdefault(top, []).append((first, bottom))

    def rows() -> Iterator[Row]:
        speaking: dict[int, tuple[int, object]] = {}
        for number, cells in enumerate(sheet.iter_rows()):  # type: ignore[attr-defined]
            row = [*[""] * left, *(cell.strip() if isinstance(cell, str) else cell for cell in cells)]
            for place, (bottom, cell) in list(speaking.items()):
                row[place] = cell
                if number == bottom:
                    del speaking[place]
            for place, bottom in merged.get(number, ()):
                if place < len(row) and bottom > number:
                    speaking[place] = (bottom, row[place])
            yield row

    return rows


def _decoded(content: bytes) -> str:
    """Text of a CSV: UTF-8 or UTF-16 with their marks, else UTF-8, else the GB18030 that Excel in China writes."""
    marks = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
    marked = next((name for mark, name in marks.items() if content.startswith(mark)), "")
    for encoding in (marked,) if marked else ("utf-8", "gb18030"):
        try:
            decoded = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if not _NOT_TEXT.search(decoded):
            return decoded.rstrip("\x1a")
    raise unreadable()


def _table(content: str) -> Reader:
    lines = list(islice((line for line in io.StringIO(content) if line.strip()), 20))
    delimiter = max(",\t;", key=lambda mark: sum(line.count(mark) for line in lines))

    def rows() -> Iterator[Row]:
        try:
            for row in csv.reader(io.StringIO(content, newline=""), delimiter=delimiter):
                yield [cell.strip() for cell in row]
        except csv.Error as error:
            raise unreadable() from error

    return rows


def _wrong(code: str, message: str) -> Invalid:
    return Invalid.one("file", code, message)
