"""`/events/`: server-sent events for the pages of one person."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpRequest, StreamingHttpResponse
from django.views.decorators.http import require_GET

from kefu.foundation.access.decorators import everyone
from kefu.foundation.realtime.hub import RESYNC, hub
from kefu.foundation.realtime.queries import topics_of

KEEP_ALIVE = 20.0  # seconds; shorter than the patience of proxies
LIFETIME = 300.0  # seconds; the page comes back, and login and rights are looked at again
PATIENCE = 5.0  # seconds to wait for the listening connection before the page is told it is connected
OPENING = b"retry: 3000\nid: 1\n\n"


@everyone
@require_GET
def events(request: HttpRequest) -> StreamingHttpResponse:
    """A stream of `{"topic", "data"}`: everything this person may hear, until the page goes or the server stops.

    A page that comes back (it names the last id it saw) is told to look again: `resync`.
    """
    topics = topics_of(request.user)  # type: ignore[arg-type]
    came_back = bool(request.headers.get("Last-Event-ID"))
    return StreamingHttpResponse(
        stream(topics, came_back),
        content_type="text/event-stream",
        headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"},
    )


async def stream(topics: frozenset[str], came_back: bool = False) -> AsyncIterator[bytes]:
    """The frames of these topics as they are published, a comment every 20 seconds, an end after five minutes."""
    # The thread that looked the person up would keep its connection for as long as the page is open.
    await sync_to_async(connections.close_all)()
    loop = asyncio.get_running_loop()
    end = loop.time() + LIFETIME
    streams = hub()
    with streams.subscribed(topics) as queue:
        with suppress(TimeoutError):
            await asyncio.wait_for(streams.ready.wait(), PATIENCE)
        yield OPENING
        if came_back:
            yield RESYNC
        while (left := end - loop.time()) > 0:
            try:
                frame = await asyncio.wait_for(queue.get(), min(KEEP_ALIVE, left))
            except TimeoutError:
                yield b": keep-alive\n\n"
                continue
            if frame is None:
                return
            yield frame
