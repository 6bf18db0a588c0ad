"""The other side of an HTTP port: a server that remembers what it got and behaves as badly as it is told."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

Behaviour = Callable[[socket.socket], None]


@dataclass(frozen=True)
class Call:
    """One call as it arrived."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query))

    def json(self) -> dict:
        return json.loads(self.body)


@dataclass
class Provider:
    """Behaves call after call as listed in `behaviours`, then for ever as the last one."""

    port: int
    behaviours: list[Behaviour]
    got: list[Call] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


def answers(said: object = b"", status: int = 200) -> Behaviour:
    """A proper answer: bytes as they are, anything else as JSON."""
    body = said if isinstance(said, bytes) else json.dumps(said, ensure_ascii=False).encode()
    head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(body)}\r\nConnection: close\r\n"
    head += "Location: http://127.0.0.1:1/\r\n\r\n" if status // 100 == 3 else "\r\n"
    return lambda line: line.sendall(head.encode() + body)


def twice(said: object) -> Behaviour:
    """The same answer two times on one line."""

    def behave(line: socket.socket) -> None:
        answers(said)(line)
        answers(said)(line)

    return behave


def garbage(line: socket.socket) -> None:
    """No HTTP at all."""
    line.sendall(b"\x00\x16\x03\x01 SMTP ready?\r\n\r\n")


def hangs_up(_line: socket.socket) -> None:
    """Takes the call and closes the line without a word."""


def never_answers(line: socket.socket) -> None:
    """Takes the call and keeps the line open until the caller has had enough."""
    line.settimeout(5)
    line.recv(1)


def drips(line: socket.socket) -> None:
    """An answer that never ends, byte by byte."""
    line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n")
    try:
        while True:
            line.sendall(b" ")
            threading.Event().wait(0.01)
    except OSError:
        return


@contextmanager
def provider(*behaviours: Behaviour) -> Iterator[Provider]:
    """A provider on a port of this machine for the length of the block."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        made = Provider(listening.getsockname()[1], list(behaviours))
        thread = threading.Thread(target=_serve, args=(listening, made), daemon=True)
        thread.start()
        yield made
        listening.shutdown(socket.SHUT_RDWR)
        thread.join(10)


def _serve(listening: socket.socket, made: Provider) -> None:
    while True:
        try:
            line, _address = listening.accept()
        except OSError:
            return
        with line:
            try:
                made.got.append(_read(line))
                behave = made.behaviours.pop(0) if len(made.behaviours) > 1 else made.behaviours[0]
                behave(line)
            except OSError:
                continue


def _read(line: socket.socket) -> Call:
    with line.makefile("rb") as file:
        _method, path, _version = file.readline().decode().split()
        headers: dict[str, str] = {}
        while (text := file.readline().decode().strip()) != "":
            name, _colon, value = text.partition(":")
            headers[name.lower()] = value.strip()
        return Call(path, headers, file.read(int(headers.get("content-length", "0"))))
