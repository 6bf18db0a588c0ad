"""What a workbook would unpack to, found out before it is unpacked: a few bytes can stand for more cells than the machine can hold."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from kefu.kernel.errors import Invalid

MAX_UNPACKED = 400 * 1024 * 1024
MAX_CELLS = 5_000_000
"""Cells of the rectangle from A1 to the last one: the reader keeps room for each, filled or not."""
BLOCK = 1024 * 1024
NAMED = 5

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ODS = "application/vnd.oasis.opendocument.spreadsheet"

_PLACE = re.compile(rb"<(?:\w+:)?(?:c|row)\b[^<]*?\sr\s*=\s*[\"']([A-Za-z]{0,3})([0-9]{1,7})[\"']")
_NOT_COMPUTED = re.compile(
    rb"<(?:\w+:)?c\b((?:\s[^<>]*)?)>\s*<(?:\w+:)?f\b[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)"
    rb"\s*(?:<(?:\w+:)?v\s*/>|<(?:\w+:)?v>\s*</(?:\w+:)?v>)?\s*</(?:\w+:)?c>"
)
_CELL_NAME = re.compile(rb"\sr\s*=\s*[\"']([A-Z]+[0-9]+)[\"']")
_TEXT_RESULT = re.compile(rb"\st\s*=\s*[\"']str[\"']")  # a formula whose result is the empty text
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell\b([^<>]*)")
_ODS_COLUMNS = re.compile(rb"number-columns-repeated\s*=\s*[\"']([0-9]{1,9})")
_ODS_ROWS = re.compile(rb"<table:table-row\b[^<>]*number-rows-repeated\s*=\s*[\"']([0-9]{1,9})")


def media_type_of(content: bytes) -> str:
    """Whether a packed workbook is xlsx or ods. Raises Invalid on `file` for anything else, a bomb, or formulas without a result."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise too_large()
            names = set(archive.namelist())
            kind = XLSX if "xl/workbook.xml" in names else ODS if "content.xml" in names else None
            if kind is None:
                raise unreadable()
            for entry in archive.infolist():
                with archive.open(entry) as part:
                    _look_through(part, entry.filename, kind)
            return kind
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, zlib.error) as error:
        if isinstance(error, Invalid):
            raise
        raise unreadable() from error


def too_large() -> Invalid:
    """The refusal of what would not fit."""
    return Invalid.one("file", "too_large", _("文件解开后太大，请分成几个文件导入。"))


def unreadable() -> Invalid:
    """The refusal of what is no spreadsheet, is broken, or has a password."""
    return Invalid.one("file", "unreadable", _("读不了这个文件。请用没有密码的 xlsx、xls、ods 或 csv。"))


def _look_through(part: IO[bytes], name: str, kind: str) -> None:
    """Read a part to its end, as its check sum wants; of a sheet, see how far it reaches."""
    if kind == XLSX and name.endswith(".xml"):
        _measure_xlsx(part)
    elif kind == ODS and name == "content.xml":
        _measure_ods(part)
    else:
        while part.read(BLOCK):
            pass


def _measure_xlsx(part: IO[bytes]) -> None:
    right = low = 0
    empty: list[str] = []
    for rows in _pieces(part, b"</row>"):
        for letters, number in _PLACE.findall(rows):
            right, low = max(right, _column(letters)), max(low, int(number))
        if right * low > MAX_CELLS:
            raise _too_far(low)
        for attributes in _NOT_COMPUTED.findall(rows):
            found = _CELL_NAME.search(attributes)
            if found and not _TEXT_RESULT.search(attributes):
                empty.append(found[1].decode())
    if empty:
        names = "、".join(empty[:NAMED]) + ("…" if len(empty) > NAMED else "")
        message = _(
            "%(names)s 的公式没有存下计算结果，读不出数值。请用 Excel 或 WPS 打开后保存一次，或把公式改成数值，再导入。"
        )
        raise Invalid.one("file", "formula", message % {"names": names})


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number


def _measure_ods(part: IO[bytes]) -> None:
    right = low = below = 0
    for piece in _pieces(part, b"</table:table-row>"):
        for row in piece.split(b"</table:table-row>"):
            repeated = _ODS_ROWS.search(row)
            below += int(repeated[1]) if repeated else row.count(b"<table:table-row")
            width = _ods_width(row)
            if width:
                right, low = max(right, width), below
            if right * low > MAX_CELLS:
                raise _too_far(low)


def _ods_width(row: bytes) -> int:
    """How far to the right the last filled cell of a row is."""
    width = filled = 0
    for attributes in _ODS_CELL.findall(row):
        repeated = _ODS_COLUMNS.search(attributes)
        width += int(repeated[1]) if repeated else 1
        if b"office:value-type" in attributes:
            filled = width
    return filled


def _pieces(part: IO[bytes], end: bytes) -> Iterator[bytes]:
    """A part in pieces that end where a row ends."""
    rest = b""
    while block := part.read(BLOCK):
        if not rest and b"\x00" in block[:64]:
            raise unreadable()  # written in UTF-16, which no office program does
        rest += block
        cut = rest.rfind(end) + len(end)
        if cut >= len(end):
            yield rest[:cut]
            rest = rest[cut:]
        elif len(rest) > 16 * BLOCK:
            yield rest
            rest = b""
    yield rest


def _too_far(row: int) -> Invalid:
    message = _("这张表一直用到第 %(row)s 行，数据以外的行和列请删掉，再导入。")
    return Invalid.one("file", "too_large", message % {"row": row})
