"""Finding the header among title rows, notes and merged cells."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
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


def find_header(
    rows: Sequence[Sequence[object]], columns: Sequence[Column], mapping: Mapping[str, str] | None = None
) -> Header | None:
    """The row that names most columns, of rows that name as many the first; None when none names two (or the only one).

    A header over two lines counts as its lower line: where that is empty, the cell above speaks (a merged cell).
    `mapping` tells what the titles of this file are, whatever they are called: titles as `names_of` gives them, to keys, or to
    nothing for a column that is passed over.
    """
    known = known_names(columns)
    best: tuple[int, Header] | None = None
    for number in range(len(rows[:SEARCHED])):
        titles = titles_of(rows, number)
        names = names_of(titles) if mapping else [folded(title) for title in titles]
        keys = [(mapping or {}).get(name, known.get(name, "")) for name in names]
        matches = [(key, place) for place, key in enumerate(keys) if key]
        distinct = len({key for key, _place in matches})
        if distinct and (best is None or distinct > best[0]):
            passed = {place for place, name in enumerate(names) if name in (mapping or {})}
            best = (distinct, _header(number, titles, matches, passed))
    return best[1] if best and best[0] >= min(2, len(columns)) else None


def known_names(columns: Sequence[Column]) -> dict[str, str]:
    """Every title by which a column is recognised, folded, and the column's key."""
    return {folded(name): column.key for column in columns for name in (column.name, *column.aliases)}


def names_of(titles: Sequence[object]) -> list[str]:
    """What a file's columns are called, so that each is called differently: a title that comes again is numbered, none is its letter."""
    names, times = list[str](), Counter[str]()
    for place, title in enumerate(titles):
        name = folded(title) or f"#{letters(place)}"
        times[name] += 1
        names.append(f"{name}#{times[name]}" if times[name] > 1 else name)
    return names


def letters(place: int) -> str:
    """The name of a column in a spreadsheet: A, B, … Z, AA."""
    text = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        text = chr(65 + rest) + text
    return text


def titles_of(rows: Sequence[Sequence[object]], number: int) -> list[object]:
    row = rows[number]
    above = rows[number - 1] if number else []
    width = max(len(row), len(above))
    padded = [*row, *[""] * (width - len(row))]
    return [cell if cell != "" else (above[place] if place < len(above) else "") for place, cell in enumerate(padded)]


def _header(number: int, titles: list[object], matches: list[tuple[str, int]], passed: set[int]) -> Header:
    places: dict[str, int] = {}
    for key, place in matches:
        if key in places:
            title = str(titles[place]).strip()
            raise Invalid.one("file", "column_twice", _("“%(title)s”这一列出现了两次，请只留一列。") % {"title": title})
        places[key] = place
    seen = passed | set(places.values())
    unknown = [str(title).strip() for place, title in enumerate(titles) if folded(title) and place not in seen]
    return Header(number, places, tuple(dict.fromkeys(unknown)))


def require_columns(header: Header, columns: Sequence[Column]) -> None:
    """Raises Invalid that names every column which must be there and is not."""
    missing = [column.name for column in columns if column.required and column.key not in header.places]
    if missing:
        raise Invalid(
            FieldError("file", "column_missing", _("缺少“%(name)s”这一列。") % {"name": name}) for name in missing
        )
