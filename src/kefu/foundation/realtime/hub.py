"""Fan-out in memory: the streams of one server process and what waits for each of them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from kefu.foundation.realtime.listener import listen
from kefu.foundation.realtime.stopping import on_sigterm

WAITING = 100  # frames; a slow page loses the oldest and never holds up the rest
Queue = asyncio.Queue[bytes | None]


def frame(message: Mapping[str, object]) -> bytes:
    """One server-sent event; its data names the `topic` that pages react to."""
    return f"data: {json.dumps(message, ensure_ascii=False)}\n\n".encode()


RESYNC = frame({"topic": "resync", "data": {}})


@dataclass(eq=False)
class Hub:
    """The streams of one event loop, and the one listening connection they share while there are any."""

    queues: dict[Queue, frozenset[str]] = field(default_factory=dict)
    listening: asyncio.Task[None] | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)
    forget_stop: Callable[[], None] | None = None

    @contextmanager
    def subscribed(self, topics: frozenset[str]) -> Iterator[Queue]:
        """A queue that receives the frames of these topics; None in it means the server stops."""
        queue: Queue = asyncio.Queue(maxsize=WAITING)
        self.queues[queue] = topics
        self.forget_stop = self.forget_stop or on_sigterm(self.close)
        if self.listening is None or self.listening.done():
            self.ready.clear()
            self.listening = asyncio.create_task(listen(self.deliver, self.connected))
        try:
            yield queue
        finally:
            self.queues.pop(queue, None)
            if not self.queues:
                self._rest()

    def deliver(self, payload: str) -> None:
        """Hand a published message to the streams that hear its topic."""
        message = json.loads(payload)
        made = frame({"topic": message["topic"], "data": message["data"]})
        for queue, topics in self.queues.items():
            if message["to"] in topics:
                _put(queue, made)

    def connected(self) -> None:
        """The connection listens; after a loss the pages must look again, for they missed something."""
        if self.ready.is_set():
            for queue in self.queues:
                _put(queue, RESYNC)
        self.ready.set()

    def close(self) -> None:
        """End every stream."""
        for queue in self.queues:
            _put(queue, None)

    def _rest(self) -> None:
        """Nobody is here: give the connection back and leave the signals alone."""
        if self.listening is not None:
            self.listening.cancel()
        if self.forget_stop is not None:
            self.forget_stop()
            self.forget_stop = None


def _put(queue: Queue, made: bytes | None) -> None:
    if queue.full():
        queue.get_nowait()
    queue.put_nowait(made)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
