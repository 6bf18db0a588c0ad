"""Several people at the same moment, each with a database connection of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Barrier, Thread
from time import monotonic, sleep

from django.db import connection
from psycopg import connect
from psycopg.sql import SQL, Identifier

PATIENCE = 120.0  # seconds until a race that does not end is called a deadlock; a busy machine needs many

WAITING = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"


def at_once(works: Sequence[Callable[[], object]]) -> list[object]:
    """What each of the works answered or raised, in their order. They start together, connected; none may be left hanging."""
    gate, got = Barrier(len(works)), list[object]([None] * len(works))

    def run(number: int) -> None:
        try:
            connection.ensure_connection()
            gate.wait(PATIENCE)
            got[number] = works[number]()
        except Exception as error:  # noqa: BLE001  every outcome is looked at
            got[number] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=(number,), daemon=True) for number in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    if any(thread.is_alive() for thread in threads):
        raise AssertionError("somebody still waits")
    return got


@contextmanager
def held_elsewhere(table: str, pk: int) -> Iterator[None]:
    """Somebody on another connection changes a row and does not let go."""
    with connect(**connection.get_connection_params()) as other, other.transaction(force_rollback=True):
        other.execute(SQL("SELECT 1 FROM {} WHERE id = %s FOR NO KEY UPDATE").format(Identifier(table)), [pk])
        yield


def let_somebody_wait() -> None:
    """Go on once somebody else has come as far as to wait for what this transaction holds. Raises AssertionError when nobody does."""
    end = monotonic() + PATIENCE / 2
    with connection.cursor() as cursor:
        while monotonic() < end:
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
            sleep(0.01)
    raise AssertionError("nobody waits")
