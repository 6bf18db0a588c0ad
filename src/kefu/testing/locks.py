"""Which rows an action locks, in which order: PostgreSQL aborts one of two people who lock the same rows in opposite order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection

_LOCKING = re.compile(r"\bFROM\s+\"?(\w+)\"?.*\bFOR (?:NO KEY )?UPDATE", re.DOTALL)
_WRITING = re.compile(r"\s*(?:UPDATE(?: ONLY)?|DELETE FROM)\s+\"?(\w+)\"?")
_COUNTING = re.compile(r"\s*INSERT INTO (numbering_counter)\b")


@contextmanager
def lock_order() -> Iterator[list[str]]:
    """The tables whose rows are locked meanwhile, in the order of the statements."""
    tables: list[str] = []

    def watch(execute: Callable[..., Any], sql: str, params: object, many: bool, context: object) -> object:
        if found := _WRITING.match(sql) or _COUNTING.match(sql) or _LOCKING.search(sql):
            tables.append(found[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield tables
