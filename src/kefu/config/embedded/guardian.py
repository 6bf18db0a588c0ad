"""A small process that holds the server for another one, and stops it when that one ends, however it ends."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kefu.config.embedded.errors import EmbeddedError

SOURCES = Path(__file__).resolve().parents[3]


@contextmanager
def guarded(home: Path, *, database: str = "kefu", fast: bool = True) -> Iterator[str]:
    """Like `running`, but the server also stops when this process is killed by SIGKILL."""
    guardian = subprocess.Popen(
        [sys.executable, "-m", "kefu.config.embedded", str(home), database, "fast" if fast else "durable"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(SOURCES)},
        start_new_session=True,  # Ctrl-C in the terminal is for the caller; the guardian outlives it
    )
    assert guardian.stdin and guardian.stdout
    try:
        dsn = guardian.stdout.readline().strip()
        if not dsn:
            raise EmbeddedError("The embedded PostgreSQL for this run did not start; see the message above.")
        yield dsn
    finally:
        guardian.stdin.close()
        guardian.wait()
        guardian.stdout.close()
