"""The one connection of a server process that hears what is published."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import psycopg
from django.db import connection

from kefu.foundation.realtime.publishing import CHANNEL

log = logging.getLogger("kefu.realtime")
PAUSE = 1.0  # seconds before a new attempt after a lost connection


async def listen(heard: Callable[[str], None], connected: Callable[[], None]) -> None:
    """Call `heard` with every published message, and `connected` each time the connection starts to listen, for ever."""
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(
                _address(), autocommit=True, keepalives_idle=30
            ) as listening:
                await listening.execute(f"listen {CHANNEL}")
                connected()
                async for notification in listening.notifies():
                    heard(notification.payload)
        except (psycopg.OperationalError, OSError) as error:
            log.warning("lost the listening connection: %s", error)
        await asyncio.sleep(PAUSE)


def _address() -> str:
    parameters = connection.get_connection_params()
    known = ("host", "port", "user", "password", "dbname", "sslmode", "options")
    return psycopg.conninfo.make_conninfo(**{key: parameters[key] for key in known if parameters.get(key)})
