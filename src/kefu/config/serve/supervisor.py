"""Starts the children, says when the installation is ready, keeps it so, and stops everything on request."""

import logging
import time
from collections.abc import Callable, Sequence

from kefu.config.serve.children import Child, Spec
from kefu.config.serve.stopping import Stop

logger = logging.getLogger(__name__)

TICK_SECONDS = 0.1
GRACE_SECONDS = 4.0
READY_SECONDS = 180.0
FAILURES_BEFORE_READY = 4


class StartFailure(Exception):
    """The installation did not become ready; the message says which child is to blame."""


class Supervisor:
    """`healthy` asks the installation whether it works; `chores` are called on every round, for example for the database."""

    def __init__(
        self, specs: Sequence[Spec], *, healthy: Callable[[], bool], chores: Sequence[Callable[[], None]] = ()
    ) -> None:
        self.children = [Child(spec) for spec in specs]
        self._healthy = healthy
        self.chores = chores

    def run(self, stop: Stop, *, on_ready: Callable[[], None]) -> None:
        """Returns when `stop` is set, with all children stopped; raises StartFailure."""
        try:
            if self._become_ready(stop):
                on_ready()
            while not stop.wait(TICK_SECONDS):
                self._round()
        finally:
            self._stop_children()

    def restart(self, name: str) -> None:
        """Ends one child at once; the next round starts it anew."""
        for child in self.children:
            if child.spec.name == name:
                child.kill()

    def _become_ready(self, stop: Stop) -> bool:
        give_up = time.monotonic() + READY_SECONDS
        while not stop.is_set():
            self._round()
            if self._healthy():
                return True
            self._complain_if_hopeless(time.monotonic() > give_up)
            stop.wait(TICK_SECONDS)
        return False

    def _round(self) -> None:
        for chore in self.chores:
            chore()
        for child in self.children:
            child.attend(time.monotonic())

    def _complain_if_hopeless(self, late: bool) -> None:
        for child in self.children:
            if child.failures >= FAILURES_BEFORE_READY:
                raise StartFailure(f"{child.spec.name} does not start; see the messages above.")
        if late:
            raise StartFailure(f"Not ready after {READY_SECONDS:.0f} s; see the messages above.")

    def _stop_children(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        give_up = time.monotonic() + GRACE_SECONDS
        while time.monotonic() < give_up and not all(child.has_stopped() for child in self.children):
            time.sleep(0.02)
        for child in self.children:
            if not child.has_stopped():
                logger.warning("%s did not stop in %s s and is killed", child.spec.name, GRACE_SECONDS)
            child.kill()
