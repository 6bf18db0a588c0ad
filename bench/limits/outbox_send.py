"""Limit of `outbox.claim_send`.

A queue in bare SQL over the same rows: one transaction claims the message with SKIP LOCKED, another writes that it was sent; both
commits are included, the other side takes no time. Not included: telling the modules above, patience, expiry.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import psycopg

CLAIM = """
    UPDATE outbox_outboxmessage SET state = 'sending', claimed_at = %(at)s, attempts = attempts + 1
    WHERE id = (SELECT id FROM outbox_outboxmessage WHERE id = %(id)s AND state = 'pending' AND next_try_at <= %(at)s
                FOR NO KEY UPDATE SKIP LOCKED)
    RETURNING payload
"""
SENT = "UPDATE outbox_outboxmessage SET state = 'sent', sent_at = %(at)s, via = 'bench' WHERE id = %(id)s AND state = 'sending'"


def send(connection: psycopg.Connection[Any], message_id: int, at: datetime) -> None:
    """Claim, send, settle."""
    values = {"id": message_id, "at": at}
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values).fetchone()
        connection.commit()
        cursor.execute(SENT, values)
    connection.commit()
