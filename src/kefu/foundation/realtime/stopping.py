"""Ending the streams when the server is told to stop: an open stream would hold it up until it is killed."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable
from types import FrameType


def on_sigterm(close: Callable[[], None]) -> Callable[[], None]:
    """Have `close` run on the running loop at SIGTERM, before whoever listened to it already; answers how to undo that.

    The server's own handler, whether the loop's (woken through its pipe) or a plain one, runs as before. Outside the main
    thread, where signals cannot be heard, nothing is done.
    """
    if threading.current_thread() is not threading.main_thread():
        return lambda: None
    loop, before = asyncio.get_running_loop(), signal.getsignal(signal.SIGTERM)

    def handler(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(close)
        if callable(before):
            before(number, frame)
        elif before == signal.SIG_DFL:
            signal.signal(number, signal.SIG_DFL)
            signal.raise_signal(number)

    def undo() -> None:
        if signal.getsignal(signal.SIGTERM) is handler:
            signal.signal(signal.SIGTERM, before)

    signal.signal(signal.SIGTERM, handler)
    return undo
