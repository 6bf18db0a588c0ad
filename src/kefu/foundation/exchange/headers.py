"""Finding the header among title rows, notes and merged cells."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kefu.foundation.exchange.specs import Column
from kefu.kernel.errors import FieldError, Invalid

SEARCHED = 30
_NOISE = re.compile(r"[\s*＊:：_]+|[（(](?:必填|选填|可空|required|optional)[)）]")


@dataclass(frozen=True)
class Header:
    """Where the header is and which column of the sheet is which of the spec."""

    row: int
    places: dict[str, int]  # key -> index
    unknown: tuple[str, ...]


def folded(title: object) -> str:
    """A header without what people add to it: spaces, line breaks, stars, 必填 in brackets, width and case."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(title)).casefold())


def find_header(rows: Sequence[Sequence[object]], columns: Sequence[Column]) -> Header | None:
    """The row that names most columns, of rows that name as many the first; None when none names two (or the only one).

    A header over two lines counts as its lower line: where that is empty, the cell above speaks (a merged cell).
    """
    known = {folded(name): column.key for column in columns for name in (column.name, *column.aliases)}
    best: tuple[int, Header] | None = None
    for number, row in enumerate(rows[:SEARCHED]):
        if not any(folded(cell) in known for cell in row):
            continue
        titles = _titles(rows, number)
        matches = [(known[folded(title)], place) for place, title in enumerate(titles) if folded(title) in known]
        distinct = len({key for key, _place in matches})
        if best is None or distinct > best[0]:
            best = (distinct, _header(number, titles, matches, known))
    return best[1] if best and best[0] >= min(2, len(columns)) else None


def _titles(rows: Sequence[Sequence[object]], number: int) -> list[object]:
    row = rows[number]
    above = rows[number - 1] if number else []
    width = max(len(row), len(above))
    padded = [*row, *[""] * (width - len(row))]
    return [cell if cell != "" else (above[place] if place < len(above) else "") for place, cell in enumerate(padded)]


def _header(number: int, titles: list[object], matches: list[tuple[str, int]], known: dict[str, str]) -> Header:
    places: dict[str, int] = {}
    for key, place in matches:
        if key in places:
            title = str(titles[place]).strip()
            raise Invalid.one("file", "column_twice", _("“%(title)s”这一列出现了两次，请只留一列。") % {"title": title})
        places[key] = place
    unknown = [str(title).strip() for title in titles if folded(title) and folded(title) not in known]
    return Header(number, places, tuple(dict.fromkeys(unknown)))


def require_columns(header: Header, columns: Sequence[Column]) -> None:
    """Raises Invalid that names every column which must be there and is not."""
    missing = [column.name for column in columns if column.required and column.key not in header.places]
    if missing:
        raise Invalid(
            FieldError("file", "column_missing", _("缺少“%(name)s”这一列。") % {"name": name}) for name in missing
        )
