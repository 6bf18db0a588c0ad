"""One long-running program of the installation: started, watched, restarted more and more slowly, stopped."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

logger = logging.getLogger(__name__)

STEADY_SECONDS = 60.0  # a child that lived this long starts again with a clean record
FIRST_DELAY = 0.5
LONGEST_DELAY = 30.0


@dataclass(frozen=True)
class Spec:
    """What to run."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)


def restart_delay(failures: int) -> float:
    """Seconds to wait before the next start after `failures` ends in a row: 0.5, 1, 2, ... 30."""
    return min(FIRST_DELAY * 2.0 ** (failures - 1), LONGEST_DELAY)


class Child:
    """A running `spec`. Times are seconds of any monotonic clock, given by the caller."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.failures = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._start_at = 0.0

    def attend(self, now: float) -> None:
        """Starts the program if it is time to; notices its end."""
        if self._process is None:
            if now >= self._start_at:
                self._start(now)
        elif (code := self._process.poll()) is not None:
            self._ended(code, now)

    def ask_to_stop(self) -> None:
        """Sends SIGTERM to the program itself, which knows how to stop its own children."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def has_stopped(self) -> bool:
        """Whether nothing of it runs; collects the program."""
        return self._process is None or self._process.poll() is not None

    def kill(self) -> None:
        """Ends the program and everything it started, at once."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _start(self, now: float) -> None:
        self._started = now
        self._process = subprocess.Popen(
            self.spec.command,
            env=os.environ | self.spec.environment,
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr.fileno(),  # our own standard output carries only the READY line
            start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops things in order
        )

    def _ended(self, code: int, now: float) -> None:
        self.kill()  # what it started may still hold its port
        self.failures = 1 if now - self._started >= STEADY_SECONDS else self.failures + 1
        delay = restart_delay(self.failures)
        self._start_at = now + delay
        logger.warning("%s ended with exit code %s, starts again in %s s", self.spec.name, code, delay)
