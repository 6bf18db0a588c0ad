"""How far a long import is, visible to others while its transaction is still open."""

from __future__ import annotations

from types import TracebackType

from django.db import OperationalError, connection
from django.db.backends.base.base import BaseDatabaseWrapper

from kefu.foundation.exchange import taking
from kefu.foundation.exchange.models import ImportRun


class Progress:
    """A counter on a connection of its own. Short imports do without."""

    def __init__(self, run: ImportRun) -> None:
        self.run_id = run.pk
        self.needed = run.total > taking.CHUNK
        self.own: BaseDatabaseWrapper | None = None

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self.own is not None:
            self.own.close()

    def reached(self, done: int) -> None:
        """Say that so many rows are done. Being late with it is no reason to fail."""
        if not self.needed:
            return
        if self.own is None:
            self.own = connection.copy()
        try:
            with self.own.cursor() as cursor:
                cursor.execute("SET lock_timeout = '200ms'")
                cursor.execute("UPDATE exchange_importrun SET done = %s WHERE id = %s", [done, self.run_id])
        except OperationalError:
            self.needed = False
