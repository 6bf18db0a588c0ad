"""Telling open pages that something changed."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

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
    publish_all([(topic, event, data or {})])


def publish_all(events: Iterable[tuple[str, str, Mapping[str, object]]]) -> None:
    """Publish several events, given as topic, event and data, in one statement."""
    messages = [_written(*event) for event in events]
    if messages:
        with connection.cursor() as cursor:
            cursor.execute("select pg_notify(%s, message) from unnest(%s::text[]) message", [CHANNEL, messages])


def _written(topic: str, event: str, data: Mapping[str, object]) -> str:
    message = json.dumps({"to": topic, "topic": event, "data": dict(data)}, ensure_ascii=False)
    if len(message.encode()) > LONGEST:
        raise ValueError(f"event {event} is too long to publish: send ids, not rows")
    return message
