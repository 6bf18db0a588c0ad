"""Sending messages to a laboratory and reading its answers."""

import socket
import time
from types import TracebackType
from typing import Self

from kefu.lab.hl7.errors import HL7Error
from kefu.lab.hl7.mllp.framer import FrameKind, Framer, frame
from kefu.lab.hl7.reading import read

_CHUNK = 65536
_MAX_ANSWER_BYTES = 1_000_000


class MllpClient:
    """One connection to a peer; use it as a context manager. Times are in seconds.

    Raises `OSError` (which includes `TimeoutError`) when the peer is away or silent.
    """

    def __init__(self, host: str, port: int, *, timeout: float = 30) -> None:
        self._socket = socket.create_connection((host, port), timeout=timeout)
        self._timeout = timeout
        self._framer = Framer(_MAX_ANSWER_BYTES)
        self._answers: list[bytes] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def send(self, message: bytes, *, control_id: str = "") -> bytes:
        """Send one message and wait for its answer.

        With `control_id`, answers to other messages (a late one to an earlier try) are passed over.
        """
        self._socket.settimeout(self._timeout)
        self._socket.sendall(frame(message))
        return self.receive(control_id=control_id)

    def receive(self, *, control_id: str = "") -> bytes:
        """Wait for the next answer, as in `send`."""
        deadline = time.monotonic() + self._timeout
        while True:
            while self._answers:
                answer = self._answers.pop(0)
                if not control_id or _answers_to(answer) == control_id:
                    return answer
            self._fill(deadline - time.monotonic())

    def _fill(self, seconds: float) -> None:
        if seconds <= 0:
            raise TimeoutError("no answer in time")
        self._socket.settimeout(seconds)
        data = self._socket.recv(_CHUNK)
        if not data:
            raise ConnectionError("the peer hung up without an answer")
        self._answers += [found.payload for found in self._framer.feed(data) if found.kind is FrameKind.MESSAGE]


def _answers_to(answer: bytes) -> str:
    try:
        return read(answer, fallback_charset=None)[0].message.get("MSA-2")
    except HL7Error:
        return ""
