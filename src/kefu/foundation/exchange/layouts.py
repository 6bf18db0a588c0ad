"""What the columns of a file look like to the person who says which is which."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from kefu.foundation.exchange.cells import plain
from kefu.foundation.exchange.headers import SEARCHED, find_header, folded, known_names, letters, names_of, titles_of
from kefu.foundation.exchange.models import SavedMapping
from kefu.foundation.exchange.sheets import Row, tables_of
from kefu.foundation.exchange.specs import Column, ImportSpec
from kefu.kernel.errors import Invalid

SAMPLES = 3
TITLES = frozenset({"no_header", "column_missing", "column_twice"})
"""What is wrong with a file whose columns may still be assigned."""


@dataclass(frozen=True)
class FileColumn:
    """A column of a file: its letter and title, the first cells below, and the key of the import it is taken for."""

    name: str
    letter: str
    title: str
    samples: list[str]
    key: str


@dataclass(frozen=True)
class Layout:
    """The columns of a file below the row that is taken for its header (1 is the first row of the sheet)."""

    row: int
    columns: list[FileColumn]

    def mapping(self, keys: Sequence[str]) -> dict[str, str]:
        """What each column is, by name, for the chosen keys in the order of the columns."""
        return {column.name: key for column, key in zip(self.columns, keys, strict=True)}


def assignable(content: bytes, wrong: Invalid) -> bool:
    """Whether only the titles stand in the way: there is a table of at least two columns and one row below a header."""
    return {error.code for error in wrong.errors} <= TITLES and _guess(_tops(content)) is not None


def lay_out(content: bytes, spec: ImportSpec, mapping: Mapping[str, str], row: int | None = None) -> Layout:
    """The columns of a file, each with what it is by `mapping`, by its title, or by a part of its title.

    `row` is the header as the person sees it, else it is looked for. Raises Invalid on `file` for a file without a table.
    """
    tops = _tops(content)
    top, header = _place(tops, spec, mapping, row)
    names = names_of(titles := titles_of(top, header))
    while titles and not folded(titles[-1]) and not any(_cells(top, header, len(titles) - 1)):
        titles.pop()
    names = names[: len(titles)]
    keys = _keys(names, spec.columns, mapping)
    return Layout(
        header + 1,
        [
            FileColumn(name, letters(place), str(title).strip(), _cells(top, header, place), keys[place])
            for place, (name, title) in enumerate(zip(names, titles, strict=True))
        ],
    )


def fitting(content: bytes, saved: Iterable[SavedMapping]) -> SavedMapping | None:
    """The mapping that was made with the titles of this file, if there is one; of several the first."""
    by_titles: dict[str, SavedMapping] = {}
    for mapping in saved:
        by_titles.setdefault(mapping.titles, mapping)
    if not by_titles:
        return None
    for top in _tops(content):
        for number in range(len(top)):
            found = by_titles.get(fingerprint(names_of(titles_of(top, number))))
            if found is not None:
                return found
    return None


def fingerprint(names: Iterable[str]) -> str:
    """The same for the same titles in any order."""
    told = "\n".join(sorted(name for name in names if not name.startswith("#")))
    return hashlib.sha256(told.encode()).hexdigest()


def _tops(content: bytes) -> list[list[Row]]:
    return [list(islice(reader(), SEARCHED + SAMPLES)) for reader in tables_of(content)[1]]


def _place(
    tops: Sequence[list[Row]], spec: ImportSpec, mapping: Mapping[str, str], row: int | None
) -> tuple[list[Row], int]:
    """The table and the header row within it."""
    guess = _guess(tops)
    for place, top in enumerate(tops):
        if row is not None and (guess is None or place == guess[0]) and 0 < row < len(top):
            return top, row - 1
        try:
            header = None if row is not None else find_header(top, spec.columns, mapping)
        except Invalid:  # a column that is there twice is the person's to choose
            header = None
        if header is not None:
            return top, header.row
    if guess is None:
        raise Invalid.one("file", "no_header", "")
    return tops[guess[0]], guess[1]


def _guess(tops: Sequence[list[Row]]) -> tuple[int, int] | None:
    """The first row with most texts that has a row below it; titles over the table have fewer."""
    best: tuple[int, int, int] | None = None
    for place, top in enumerate(tops):
        for number, row in enumerate(top[:SEARCHED]):
            texts = len({folded(cell) for cell in row if isinstance(cell, str) and folded(cell)})
            below = any(any(cell != "" for cell in other) for other in top[number + 1 :])
            if texts >= 2 and below and (best is None or texts > best[0]):
                best = (texts, place, number)
    return best[1:] if best else None


def _keys(names: Sequence[str], columns: Sequence[Column], mapping: Mapping[str, str]) -> list[str]:
    """What each column is; a key that two would have is the first one's."""
    known = known_names(columns)
    keys = [mapping.get(name, known.get(name, "")) for name in names]
    free = {column.key for column in columns} - set(keys)
    for place, name in enumerate(names):
        if not keys[place] and name not in mapping:
            keys[place] = _part(name, known, free)
            free.discard(keys[place])
    return [key if key not in keys[:place] else "" for place, key in enumerate(keys)]


def _part(name: str, known: Mapping[str, str], free: set[str]) -> str:
    """The key whose title is part of this one, where only one is: 联系电话（本人） is a phone."""
    found = {key for title, key in known.items() if key in free and len(title) > 1 and title in name}
    return found.pop() if len(found) == 1 else ""


def _cells(top: Sequence[Row], header: int, place: int) -> list[str]:
    """The first filled cells of a column."""
    below = (plain(row[place]) for row in top[header + 1 :] if place < len(row) and row[place] != "")
    return [text[:40] for text in islice((text for text in below if text), SAMPLES)]
