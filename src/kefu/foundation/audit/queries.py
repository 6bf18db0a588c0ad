"""Reading the trail for its seals: what is closed, what a batch holds, and whether all of it still agrees."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from django.conf import settings
from django.db import connection
from django.db.models import Max

from kefu.foundation.audit.models import AuditEntry, Seal
from kefu.foundation.audit.rules import START, Fault, FaultKind, chained, differences, digest

SEALED = ("id", "at", "by_id", "role", "node_id", "kind", "code", "subject_kind", "subject_id", "customer_id", "changes", "personal",
          "reason", "via", "request_id")  # fmt: skip
"""What a digest is made of, in this order for ever: another order or number of columns would break every seal there is."""

_WRITERS = """
    SELECT virtualtransaction FROM pg_locks
    WHERE relation = %s::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND mode = 'RowExclusiveLock' AND pid IS DISTINCT FROM pg_backend_pid()
"""


@dataclass(frozen=True)
class Verdict:
    """What a look at every seal found. `head` is the last seal and its hash, to be noted somewhere else."""

    seals: int
    rows: int
    unsealed: int
    head: tuple[int, str] | None
    faults: list[Fault]


def sealing_key() -> bytes:
    """The key of the chain, from the installation's secret."""
    return hashlib.sha256(b"kefu.audit.seal:" + settings.SECRET_KEY.encode()).digest()


def last_seal() -> Seal | None:
    """The seal the next one is chained to."""
    return Seal.objects.order_by("number").last()


def last_written() -> int:
    """The highest id of a row that can be seen now; 0 in an empty trail."""
    return AuditEntry.objects.aggregate(last=Max("pk"))["last"] or 0


def writers() -> frozenset[str]:
    """Transactions at work that have written a row or are about to; whoever holds an id has held this lock since before."""
    with connection.cursor() as cursor:
        cursor.execute(_WRITERS, [AuditEntry._meta.db_table])
        return frozenset(name for (name,) in cursor.fetchall())


def digests_between(after: int, until: int, at_most: int | None = None) -> dict[int, bytes]:
    """The digests of rows with `after < id <= until`, by id, the lowest first."""
    rows = AuditEntry.objects.filter(pk__gt=after, pk__lte=until).order_by("pk").values_list(*SEALED)
    return {values[0]: digest(values) for values in rows[:at_most].iterator()}


def verify(noted: tuple[int, str] | None = None) -> Verdict:
    """Look at every seal and every row under it. `noted` is a head written down earlier, which must still be in the chain."""
    faults: list[Fault] = []
    last: Seal | None = None
    rows = 0
    for seal in Seal.objects.order_by("number").iterator(chunk_size=20):
        faults += _faults(seal, last)
        rows += len(seal.ids)
        last = seal
    if noted is not None and not Seal.objects.filter(pk=noted[0], hash=bytes.fromhex(noted[1])).exists():
        faults.append(Fault(FaultKind.SEAL_MISSING, noted[0]))
    unsealed = AuditEntry.objects.filter(pk__gt=last.last_id if last else 0).count()
    head = (last.pk, bytes(last.hash).hex()) if last else None
    return Verdict(last.pk if last else 0, rows, unsealed, head, faults)


def _faults(seal: Seal, before: Seal | None) -> Iterator[Fault]:
    number, after = (before.pk, before.last_id) if before else (0, 0)
    yield from (Fault(FaultKind.SEAL_MISSING, missing) for missing in range(number + 1, seal.pk))
    digests, previous = bytes(seal.digests), bytes(seal.previous)
    made = chained(
        sealing_key(), previous=previous, number=seal.pk, last_id=seal.last_id, ids=seal.ids, digests=digests
    )
    linked = previous == (bytes(before.hash) if before else START) or seal.pk != number + 1
    if bytes(seal.hash) != made or not linked:
        yield Fault(FaultKind.SEAL_CHANGED, seal.pk)
    yield from differences(seal.pk, seal.ids, digests, digests_between(after, seal.last_id))
