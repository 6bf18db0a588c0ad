"""From a cell as it came to a value. Every parser takes any cell that is not empty and raises BadCell with a reason."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

Parse = Callable[[Any], Any]

_DATE = re.compile(r"([0-9]{4})\s*[-/.年]\s*([0-9]{1,2})\s*[-/.月]\s*([0-9]{1,2})\s*日?(?:\s+[0-9:]{4,8})?")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_SCIENTIFIC = re.compile(r"[0-9](?:\.[0-9]+)?E\+[0-9]{1,2}", re.IGNORECASE)
_MONEY = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]+)?")
_EXCEL_EPOCH = date(1899, 12, 30)


class BadCell(ValueError):
    """A cell cannot be read; `code` for programs, `message` for the person who filled it in."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def plain(cell: object) -> str:
    """A cell as the text a person saw: whole numbers without `.0`, dates as 2026-11-22, no control characters, trimmed."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d" if cell.time() == datetime.min.time() else "%Y-%m-%d %H:%M:%S")
    text = unicodedata.normalize("NFC", str(cell))
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    text = text.strip(" \u3000\xa0\ufeff")
    return text[1:] if text[:1] == "'" and text[1:2] in "=+-@" else text  # our own exports guard formulas so


def text(max_length: int = 200) -> Parse:
    """Text of at most so many characters; numbers are taken as they are seen."""

    def parse(cell: object) -> str:
        read = plain(cell)
        if _SCIENTIFIC.fullmatch(read):
            raise BadCell("scientific", _("号码被表格改成了科学计数，请把这一格设成文本后重新填写。"))
        if len(read) > max_length:
            message = _("太长了，最多 %(most)s 个字，现在 %(now)s 个。") % {"most": max_length, "now": len(read)}
            raise BadCell("too_long", message)
        return read

    return parse


def whole(least: int, most: int) -> Parse:
    """A whole number between two others."""

    def parse(cell: object) -> int:
        read = plain(cell)
        if not re.fullmatch(r"-?[0-9]{1,18}", read) or not least <= int(read) <= most:
            raise BadCell("number", _("请填 %(least)s 到 %(most)s 的整数。") % {"least": least, "most": most})
        return int(read)

    return parse


def amount(cell: object) -> Decimal:
    """Yuan with at most two decimals; ¥ and thousands separators are passed over."""
    read = re.sub(r"[¥￥,，\s元]", "", plain(cell))
    try:
        value = Decimal(read) if _MONEY.fullmatch(read) else None
    except InvalidOperation:  # pragma: no cover  the pattern leaves nothing to refuse
        value = None
    if value is None:
        raise BadCell("money", _("请填金额，例如 128.00。"))
    if isinstance(cell, float):
        value = round(value, 6).normalize()  # 0.1 + 0.2 of a spreadsheet
    if value != round(value, 2):
        raise BadCell("money", _("金额最多两位小数。"))
    return round(value, 2)


def day(cell: object) -> date:
    """A calendar day in any of the ways people write it, or Excel's own number of days."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float) and cell.is_integer() and 10_000 <= cell <= 80_000:
        return _EXCEL_EPOCH + timedelta(days=int(cell))
    read = unicodedata.normalize("NFKC", plain(cell))
    found = _DATE.fullmatch(read) or _COMPACT.fullmatch(read)
    try:
        return date(*(int(part) for part in found.groups())) if found else _not_a_day()
    except ValueError as error:
        if isinstance(error, BadCell):
            raise
        return _not_a_day()


def _not_a_day() -> date:
    raise BadCell("day", _("日期请写成 1990-05-23 的样子。"))


def choice(options: Mapping[str, Any]) -> Parse:
    """One of the given words (any spelling of case and width), answered as its value."""
    known = {_folded(word): value for word, value in options.items()}

    def parse(cell: object) -> Any:
        read = _folded(plain(cell))
        if read not in known:
            raise BadCell("not_a_choice", _("只能填：%(words)s。") % {"words": "、".join(dict.fromkeys(options))})
        return known[read]

    return parse


def _folded(word: str) -> str:
    return unicodedata.normalize("NFKC", word).strip().casefold()
