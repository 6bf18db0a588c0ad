"""The process that takes laboratory messages from the network (LAB-007).

A message is one transaction in a worker thread; its answer leaves after the commit. When the database is away, the connection
is closed without an answer, so that the laboratory sends again. What a message says never reaches a log.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Callable

from django.db import close_old_connections
from django.utils import timezone

from kefu.foundation.audit.context import origin
from kefu.lab.actions.messages import receive
from kefu.lab.hl7.mllp import MllpServer
from kefu.lab.limits import MESSAGE_MEGABYTES
from kefu.organisation.queries import LABORATORY, system_user

MEGABYTE = 1024 * 1024
IDLE_SECONDS = 3600.0
GRACE_SECONDS = 5.0
THREADS = 8
_log = logging.getLogger(__name__)


def run(host: str, port: int) -> int:
    """Listen until SIGINT or SIGTERM; messages under way are finished first. Raises OSError when the address is taken."""
    largest = MESSAGE_MEGABYTES.on(timezone.now()) * MEGABYTE
    close_old_connections()
    asyncio.run(_listen(host, port, largest))
    return 0


def server_on(host: str, port: int, max_bytes: int, *, idle_seconds: float = IDLE_SECONDS) -> MllpServer:
    """A server, not yet started, that files what it receives; port 0 lets the system choose."""
    return MllpServer(take, host, port, max_bytes, idle_seconds, oversize=take_head, threads=THREADS)


def take(raw: bytes) -> bytes:
    """File one message and give its answer."""
    return _connected(lambda: _receive(raw, len(raw)))


def take_head(head: bytes, size: int) -> bytes:
    """Refuse a message that is too large, of which only the head was kept."""
    return _connected(lambda: _receive(head, size))


def _receive(raw: bytes, size: int) -> bytes:
    with origin("hl7"):
        return receive(raw=raw, peer="mllp", size=size, by=system_user(LABORATORY), at=timezone.now())


def _connected(work: Callable[[], bytes]) -> bytes:
    """Run in a worker thread with a connection that is neither stale nor left behind."""
    close_old_connections()
    try:
        return work()
    finally:
        close_old_connections()


async def _listen(host: str, port: int, largest: int) -> None:
    server = server_on(host, port, largest)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for wanted in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(wanted, stop.set)
    await server.start()
    _log.info("listening for laboratory messages on %s:%d", host, server.port)
    await stop.wait()
    await server.stop(GRACE_SECONDS)
