"""Telling open pages that something changed."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.db import connection

from kefu.organisation.models import User

CHANNEL = "kefu_events"
EVERYONE = "all"
LONGEST = 7900  # bytes; PostgreSQL refuses 8000


def of_user(user: User) -> str:
    """The topic only this person's pages hear."""
    return f"user:{user.pk}"


def of_node(node_id: int) -> str:
    """The topic heard by everybody who reaches the node."""
    return f"node:{node_id}"


def publish(topic: str, event: str, data: Mapping[str, object] | None = None) -> None:
    """Tell the pages that hear `topic`: at the commit of the caller's transaction, never after a rollback.

    Say which row changed, by id, never its content: a page fetches what its reader may see. Raises ValueError for a
    message over 7,900 bytes.
    """
    message = json.dumps({"to": topic, "topic": event, "data": dict(data or {})}, ensure_ascii=False)
    if len(message.encode()) > LONGEST:
        raise ValueError(f"event {event} is too long to publish: send ids, not rows")
    with connection.cursor() as cursor:
        cursor.execute("select pg_notify(%s, %s)", [CHANNEL, message])


def of_user_id(column: str) -> str:
    """`of_user` as SQL, from a column with the person's id."""
    return f"'user:' || {column}"


def notifying(topic: str, event: str, data: str) -> str:
    """`publish` as SQL, for a statement that publishes the very rows it writes; `topic` and `data` (JSON) are SQL too."""
    return f"pg_notify('{CHANNEL}', json_build_object('to', {topic}, 'topic', '{event}', 'data', {data})::text)"
