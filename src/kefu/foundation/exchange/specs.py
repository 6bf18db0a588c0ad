"""What can be imported: columns, the action for a row, who may, how it is undone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from kefu.foundation.exchange.cells import Parse, text
from kefu.foundation.exchange.choices import Did
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User

_TEXT = text()


@dataclass(frozen=True)
class Column:
    """A column: the header people write, the key in a row's values, other headers, whether each row must fill it."""

    name: str
    key: str
    aliases: tuple[str, ...] = ()
    required: bool = False
    parse: Parse = _TEXT
    hint: object = ""


@dataclass(frozen=True)
class Row:
    """A row whose cells could all be read. `values` has every key of the spec, None where the cell was empty.

    `given` holds the keys whose column the file has: an update leaves the others alone.
    """

    number: int
    values: dict[str, Any]
    given: frozenset[str]


@dataclass
class Context:
    """What a row's action needs beside the row. `memory` lives as long as the run; `writing` is False in a check."""

    by: User
    at: datetime
    update: bool = False
    writing: bool = True
    memory: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What became of a row, and of what (for undo)."""

    did: Did | str
    subject_id: int | None = None


class Undo(Protocol):
    """Takes back one created row. Raises Refused when it is already in use."""

    def __call__(self, subject_id: int, *, reason: str, by: User, at: datetime) -> object: ...


RowAction = Callable[[Row, Context], Outcome]


@dataclass(frozen=True)
class ImportSpec:
    """One kind of import.

    `row` calls the module's action and answers what became of the row; kernel refusals become the row's errors, those of
    Invalid on the column whose key they name. `check` does the same without writing; without it a dry run writes and rolls
    back. `reserve` is given all readable rows of a transaction before the first is taken, to lock at once what they will need:
    two lists that name the same things in opposite order then wait for each other. `begin` is given the readable rows of each chunk before they are taken one by one, to look up what they need at once.
    `chunk` is a set-based twin of `row`: it answers an outcome or a refusal per row, in order. `authorise` raises Forbidden.
    `hold` locks at once what a portion of an undo will change; `page` is the address of what a row became.
    """

    code: str
    title: object
    columns: tuple[Column, ...]
    row: RowAction
    authorise: Callable[[User], object]
    subject_kind: str
    check: RowAction | None = None
    reserve: Callable[[Iterable[Row], Context], object] | None = None
    begin: Callable[[Sequence[Row], Context], object] | None = None
    chunk: Callable[[Sequence[Row], Context], Sequence[Outcome | Exception]] | None = None
    undo: Undo | None = None
    hold: Callable[..., object] | None = None
    page: Callable[[int], str] | None = None
    finish: Callable[[Context], object] | None = None
    updatable: bool = False
    note: object = ""

    def name_of(self, key: str) -> str:
        """The header of a key, empty for one that is no column."""
        return next((column.name for column in self.columns if column.key == key), "")


_specs: dict[str, ImportSpec] = {}


def register(spec: ImportSpec) -> ImportSpec:
    """Declare an import; modules do so in their `exchange.py`."""
    _specs[spec.code] = spec
    return spec


def find(code: str) -> ImportSpec:
    """The import of that code. Raises OutOfScope for one that does not exist."""
    if code not in _specs:
        raise OutOfScope()
    return _specs[code]


def registered() -> list[ImportSpec]:
    """All imports by code."""
    return [_specs[code] for code in sorted(_specs)]
