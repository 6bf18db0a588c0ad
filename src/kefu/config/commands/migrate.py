"""`kefu migrate`."""

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

LOCK = 2025_0117  # any number; two programs that start at once must agree on it


def migrate(args: argparse.Namespace) -> int:
    """Bring the tables up to date."""
    before = _applied()
    migrate_once_at_a_time()
    done = len(_applied() - before)
    sys.stdout.write(json.dumps({"applied": done}) + "\n" if args.json else f"{done} migrations applied.\n")
    return 0


def migrate_once_at_a_time() -> None:
    """Applies all migrations; of several programs that start at once, the others wait and find nothing to do."""
    with _advisory_lock():
        call_command("migrate", interactive=False, verbosity=0)


def _applied() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connection).applied_migrations())


@contextmanager
def _advisory_lock() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_lock(%s)", [LOCK])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_unlock(%s)", [LOCK])
