"""The programs of an installation as processes over the test database, with the test clock; they may be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.db import connection
from psycopg.conninfo import make_conninfo

PATIENCE = 60.0  # seconds for a program to answer, on a busy machine


class Program:
    """One program in a process group of its own."""

    def __init__(self, name: str, command: Sequence[str], home: Path, port: int, ready: Callable[[], bool]) -> None:
        self.port, self._ready = port, ready
        self.sessions = f"kefu-{name}-{port}"
        """How the database knows its sessions."""
        self._command, self._home, self._log = [sys.executable, "-m", *command], home, home / f"{name}.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Its address, where it serves pages."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it is ready."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(self._command, env=_environment(self._home, self.sessions), stdout=log, stderr=log, start_new_session=True)  # fmt: skip
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            if self._ready():
                return
            time.sleep(0.05)
        pytest.fail(f"{self._command} does not start:\n{self._log.read_text(errors='replace')[-4000:]}")

    def kill(self) -> None:
        """kill -9, its workers too: they would keep the test database open."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None


@contextmanager
def web_server(home: Path) -> Iterator[Program]:
    """The web server with its static files."""
    _lay_out_static(home / "static")
    port = free_port()
    command = ["granian", "--interface", "asginl", "--host", "127.0.0.1", "--port", str(port), "--no-ws"]
    command += [
        "--static-path-route",
        "/static",
        "--static-path-mount",
        str(home / "static"),
        "kefu.config.asgi:application",
    ]
    with running(Program("web", command, home, port, lambda: _answers(port))) as web:
        yield web


@contextmanager
def running(program: Program) -> Iterator[Program]:
    """Start it, and kill it at the end."""
    program.start()
    try:
        yield program
    finally:
        program.kill()
        _wait_until_gone(program.sessions)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/login/", timeout=5):
            return True
    except (OSError, HTTPException):
        return False


def free_port() -> int:
    """A port nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _wait_until_gone(sessions: str) -> None:
    """Until the database has noticed that the killed program is gone."""
    others = "select 1 from pg_stat_activity where datname = current_database() and application_name = %s"
    end = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        cursor.execute(others, [sessions])
        while cursor.fetchone() and time.monotonic() < end:
            time.sleep(0.05)
            cursor.execute(others, [sessions])


def _environment(home: Path, sessions: str) -> dict[str, str]:
    parts = connection.settings_dict
    names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    address = {word: str(parts[name]) for word, name in names.items() if parts[name]}
    ours = {"DATABASE_URL": make_conninfo(application_name=sessions, **address), "KEFU_HOME": str(home)}
    ours |= {"KEFU_SECRET": settings.SECRET_KEY, "KEFU_TEST_CLOCK": "1", "KEFU_POOL": "1"}
    return os.environ | ours | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _lay_out_static(target: Path) -> None:
    for finder in get_finders():
        for path, storage in finder.list([]):
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(storage.path(path), target / path)
