"""One database for each size on one embedded server, durable as in production, and Django pointed at each in turn."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql
from psycopg.conninfo import make_conninfo

from bench.sizes import Size

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Database:
    """A database with the connection of Django to it and a plain one for the limits."""

    size: Size
    dsn: str
    django: BaseDatabaseWrapper
    plain: psycopg.Connection[Any]

    def enter(self) -> None:
        """Point Django's models at this database."""
        connections["default"] = self.django

    def close(self) -> None:
        """Close both connections."""
        self.django.close()
        self.plain.close()


def make(server: str, label: str, *, template: str = "template1", reuse: bool = False) -> bool:
    """Make a database as a copy of another; with `reuse`, leave one that today's code has filled. Answers whether it was made."""
    with psycopg.connect(server, autocommit=True) as connection:
        if reuse and connection.execute(_FILLED, [name_of(label)]).fetchone() == (fingerprint(),):
            return False
        named = sql.Identifier(name_of(label))
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(named))
        connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(named, sql.Identifier(template)))
    return True


_FILLED = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"


def fingerprint() -> str:
    """What a filled database depends on: the migrations, and how it is filled."""
    files = sorted([*ROOT.glob("src/kefu/**/migrations/*.py"), *ROOT.glob("bench/world/*.py")])
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def mark_filled(server: str, label: str) -> None:
    """Say that a database is complete; one half filled by a run that was killed is not used again."""
    comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(comment.format(sql.Identifier(name_of(label)), sql.Literal(fingerprint())))


def drop(server: str, label: str) -> None:
    """Remove a database, such as one half filled."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name_of(label))))


def connect(server: str, size: Size) -> Database:
    """Both connections to a database."""
    dsn = make_conninfo(server, dbname=name_of(size.label))
    wrapper = connections.create_connection("default")
    wrapper.settings_dict = {**wrapper.settings_dict, "NAME": name_of(size.label)}
    return Database(size, dsn, wrapper, psycopg.connect(dsn))


def name_of(label: str) -> str:
    """The name of the database with a label."""
    return f"bench_{label}"
