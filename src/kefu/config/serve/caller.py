"""Notices when `make run`, our caller, is asked to stop but does not pass it on.

A terminal sends Ctrl-C to make and to us. A program that signals make alone may leave it waiting for us for ever: make
then only falls back to the default handling of that signal, which Linux shows in /proc. A make that is killed can't
pass on anything either.
"""

import os
import re
import signal
from collections.abc import Callable
from pathlib import Path

from kefu.config.serve.stopping import Stop

CAUGHT = re.compile(r"^SigCgt:\s*([0-9a-f]+)$", re.MULTILINE)
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_with_make(stop: Stop) -> Callable[[], None]:
    """A function to call often: sets `stop` once make has gone or waits for our end. Does nothing for other callers."""
    parent = os.getppid()
    watched = "MAKELEVEL" in os.environ
    caught_at_first = caught(parent)

    def attend() -> None:
        if watched and (os.getppid() != parent or caught(parent) != caught_at_first):
            stop.set()

    return attend


def caught(process: int) -> set[signal.Signals]:
    """Which of the signals that ask to stop the process has a handler for; none where there is no /proc."""
    try:
        found = CAUGHT.search(Path(f"/proc/{process}/status").read_text())
    except OSError:
        return set()
    mask = int(found[1], 16) if found else 0
    return {number for number in STOPPING if mask & 1 << (number - 1)}
