"""Closing a batch of the trail by a seal chained to the one before."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from kefu.foundation.audit.models import Seal
from kefu.foundation.audit.queries import digests_between, last_seal, sealing_key
from kefu.foundation.audit.rules import START, chained
from kefu.foundation.audit.trail import action, nothing_changed
from kefu.organisation.models import User

BATCH = 5000
LOCK = 0x5EA1  # one sealer at a time


@action
def seal_batch(*, until: int, by: User | None, at: datetime) -> Seal | None:
    """Seal the next batch of rows up to an id that `closed_until` gave; None when there is none.

    A seal is evidence of its own and leaves no row, or each would be followed by another.
    """
    nothing_changed()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = last_seal()
    number, previous, after = (last.pk + 1, bytes(last.hash), last.last_id) if last else (1, START, 0)
    rows = digests_between(after, until, BATCH)
    if not rows:
        return None
    ids, digests = list(rows), b"".join(rows.values())
    made = chained(sealing_key(), previous=previous, number=number, last_id=ids[-1], ids=ids, digests=digests)
    return Seal.objects.create(
        number=number, last_id=ids[-1], ids=ids, digests=digests, previous=previous, hash=made, sealed_at=at
    )
