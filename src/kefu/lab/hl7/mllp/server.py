"""The MLLP listener: one frame in, one answer out, in order on each connection."""

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from kefu.lab.hl7.mllp.framer import Frame, FrameKind, Framer, frame

Handler = Callable[[bytes], Awaitable[bytes] | bytes]
OversizeHandler = Callable[[bytes, int], bytes]

_log = logging.getLogger(__name__)
_CHUNK = 65536
_BACKLOG = 128


class MllpServer:
    """Answers each received message with what `handler` returns for its bytes.

    A plain `handler` runs in one of `threads` worker threads (it may use the database), a coroutine function on the
    loop. `oversize` gets the first `max_bytes` of a larger message and its full size. When a handler raises, that is
    logged and the connection closes without an answer, so the sender sends again. A connection silent for
    `idle_seconds` is closed.
    """

    def __init__(
        self,
        handler: Handler,
        host: str,
        port: int,
        max_bytes: int,
        idle_seconds: float,
        *,
        oversize: OversizeHandler,
        threads: int = 8,
    ) -> None:
        self._handler = handler
        self._oversize = oversize
        self._address = (host, port)
        self._max_bytes = max_bytes
        self._idle_seconds = idle_seconds
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="mllp")
        self._connections: dict[asyncio.Task[None], bool] = {}
        self._server: asyncio.Server | None = None
        self._stopping = False

    @property
    def port(self) -> int:
        """Give the port that is listened on; after `start` the real one where 0 let the system choose."""
        return self._address[1]

    async def start(self) -> None:
        """Begin to listen. Raises `OSError` when the address is taken."""
        host, port = self._address
        self._server = await asyncio.start_server(self._connected, host, port, backlog=_BACKLOG)
        self._address = (host, int(self._server.sockets[0].getsockname()[1]))

    async def stop(self, grace_seconds: float = 10) -> None:
        """Stop listening; messages already received are filed and answered, for at most `grace_seconds`."""
        self._stopping = True
        if self._server is not None:
            self._server.close()
        for task, is_busy in list(self._connections.items()):
            if not is_busy:
                task.cancel()
        if self._connections:
            _, late = await asyncio.wait(list(self._connections), timeout=grace_seconds)
            for task in late:
                task.cancel()
        self._pool.shutdown(wait=False)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # a stream callback always runs as a task
        self._connections[task] = False
        task.add_done_callback(self._connections.pop)
        try:
            await self._converse(task, reader, writer)
        except (ConnectionError, TimeoutError, asyncio.CancelledError) as reason:
            _log.info("MLLP connection ended: %s", type(reason).__name__)
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    async def _converse(
        self, task: asyncio.Task[None], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        framer = Framer(self._max_bytes)
        while not self._stopping:
            async with asyncio.timeout(self._idle_seconds):
                data = await reader.read(_CHUNK)
            if not data:
                break
            self._connections[task] = True
            for received in framer.feed(data):
                await self._answer(received, writer)
            self._connections[task] = False
        if framer.is_inside:
            _log.warning("MLLP frame cut off: nothing was filed")

    async def _answer(self, received: Frame, writer: asyncio.StreamWriter) -> None:
        if received.kind is FrameKind.JUNK:
            _log.warning("MLLP: %d bytes outside a frame ignored", received.size)
            return
        try:
            answer = await self._handled(received)
        except Exception as reason:
            _log.exception("MLLP message was not handled; closing without an answer")
            raise ConnectionAbortedError("no answer") from reason
        writer.write(frame(answer))
        async with asyncio.timeout(self._idle_seconds):
            await writer.drain()

    async def _handled(self, received: Frame) -> bytes:
        loop = asyncio.get_running_loop()
        if received.kind is FrameKind.OVERSIZE:
            return await loop.run_in_executor(self._pool, self._oversize, received.payload, received.size)
        if inspect.iscoroutinefunction(self._handler):
            answer: bytes = await self._handler(received.payload)
            return answer
        answered = await loop.run_in_executor(self._pool, self._handler, received.payload)
        return answered if isinstance(answered, bytes) else await answered
