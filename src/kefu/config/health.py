"""GET /healthz: is the database there, the worker alive, every migration applied."""

from __future__ import annotations

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from kefu.foundation.access.decorators import public
from kefu.foundation.jobs.queries import worker_alive

_migrated = False


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return "ok"


def _worker() -> str:
    return "ok" if worker_alive(timezone.now()) else "no heartbeat"


def _migrations() -> str:
    global _migrated
    if not _migrated:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if pending:
            return f"{len(pending)} pending"
        _migrated = True
    return "ok"


@public
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is well, else 503 naming the failing check; says nothing else to strangers."""
    checks = {}
    for name, check in (("database", _database), ("worker", _worker), ("migrations", _migrations)):
        try:
            checks[name] = check()
        except DatabaseError:
            checks[name] = "unreachable"
    good = all(value == "ok" for value in checks.values())
    return JsonResponse({"status": "ok" if good else "failing", "checks": checks}, status=200 if good else 503)
