"""What a case stands on: the database of one size, its people, and numbers nobody has used yet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from time import time_ns
from typing import Any

import psycopg
from django.db import connection

from bench.databases import Database
from bench.world.chain import Chain, known_chain
from kefu.organisation.models import User


@dataclass
class Ground:
    """One size."""

    database: Database
    chain: Chain
    _numbers: Iterator[int] = field(default_factory=lambda: count(time_ns() // 1_000_000 % 10_000_000_000))

    @property
    def label(self) -> str:
        """The size as it is written."""
        return self.database.size.label

    @property
    def plain(self) -> psycopg.Connection[Any]:
        """The connection of the limits."""
        return self.database.plain

    def enter(self) -> None:
        """Point Django's models here."""
        self.database.enter()

    def fresh_phone(self) -> str:
        """A mobile number that nobody has: the world of the bench has none that begins with 19."""
        return f"19{next(self._numbers) % 1_000_000_000:09}"


def ground_of(database: Database) -> Ground:
    """The ground of a filled database."""
    database.enter()
    return Ground(database, known_chain())


def newly_read(user: User) -> User:
    """The person as a request reads him or her: rights not resolved yet, which is then part of the work."""
    return User.objects.select_related("node").get(pk=user.pk)


def rights_forgotten(user: User) -> User:
    """The same person at the beginning of another request: the rights are resolved anew, as part of the work."""
    vars(user).pop("_access", None)
    return user


@contextmanager
def counting_queries() -> Iterator[Callable[[], int]]:
    """How many statements Django sends within the block."""
    sent = count()
    last = [0]

    def counted(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        last[0] = next(sent) + 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        yield lambda: last[0]
