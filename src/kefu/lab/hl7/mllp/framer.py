"""Cutting a byte stream into frames, however the network splits it."""

from dataclasses import dataclass
from enum import Enum, auto

START = b"\x0b"
END = b"\x1c\r"
_LINE_ENDS = b"\r\n"
# A sender that broke off a message and started again on the same connection; 0x0B alone may be part of a text.
_RESTARTS = (b"\x0bMSH", b"\x0bFHS", b"\x0bBHS")


class FrameKind(Enum):
    """What a piece of the stream is."""

    MESSAGE = auto()
    OVERSIZE = auto()
    JUNK = auto()


@dataclass(frozen=True, slots=True)
class Frame:
    """A piece of the stream: a message, the head of one that was too large, or bytes between frames.

    `size` counts all its bytes; `payload` is cut to the limit when oversize and empty for junk, which is only logged.
    """

    kind: FrameKind
    payload: bytes
    size: int


def frame(message: bytes) -> bytes:
    """Wrap one message for sending."""
    return START + message + END


class Framer:
    """Collects bytes and gives complete frames. An end block is 0x1C 0x0D; 0x1C alone ends nothing.

    At most `max_bytes` of a message are held; the rest of a larger one is skipped up to its end block, so the
    connection survives. A frame without its end yields nothing.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._buffer = bytearray()
        self._scanned = 0
        self._junk = 0
        self._inside = False
        self._head: bytes | None = None
        self._skipped = 0

    @property
    def is_inside(self) -> bool:
        """Say whether a frame has begun and not ended."""
        return self._inside

    def feed(self, data: bytes) -> list[Frame]:
        """Take the next bytes; give what they complete, in order."""
        self._buffer += data
        frames: list[Frame] = []
        while self._take_end(frames) if self._inside else self._take_start(frames):
            pass
        return frames

    def _take_start(self, frames: list[Frame]) -> bool:
        start = self._buffer.find(START)
        between = self._buffer if start < 0 else self._buffer[:start]
        self._junk += len(between) - sum(between.count(end) for end in _LINE_ENDS)
        if start < 0:
            self._buffer.clear()
            return False
        if self._junk:
            frames.append(Frame(FrameKind.JUNK, b"", self._junk))
        del self._buffer[: start + 1]
        self._junk, self._scanned, self._inside = 0, 0, True
        return True

    def _take_end(self, frames: list[Frame]) -> bool:
        end = self._buffer.find(END, self._scanned)
        if end < 0:
            self._skip_excess()
            self._scanned = max(0, len(self._buffer) - 1)
            return False
        frames.extend(self._completed(bytes(self._buffer[:end])))
        del self._buffer[: end + len(END)]
        self._inside, self._head, self._skipped = False, None, 0
        return True

    def _skip_excess(self) -> None:
        """Keep the head of a message over the limit once, and drop what follows except a possible half end block."""
        if len(self._buffer) <= self._max_bytes + 1 and self._head is None:
            return
        if self._head is None:
            self._head = bytes(self._buffer[: self._max_bytes])
        excess = len(self._buffer) - 1
        self._skipped += excess
        del self._buffer[:excess]

    def _completed(self, payload: bytes) -> list[Frame]:
        size = self._skipped + len(payload)
        if size > self._max_bytes:
            head = payload[: self._max_bytes] if self._head is None else self._head
            return [Frame(FrameKind.OVERSIZE, head, size)]
        restart = max(payload.rfind(mark) for mark in _RESTARTS)
        if restart < 0:
            return [Frame(FrameKind.MESSAGE, payload, size)]
        whole = payload[restart + 1 :]
        return [Frame(FrameKind.JUNK, b"", size - len(whole)), Frame(FrameKind.MESSAGE, whole, len(whole))]
