"""Children of a supervisor that was killed: found by a mark in their environment, then stopped. Linux only (/proc)."""

import os
import signal
import time
from pathlib import Path

PROC = Path("/proc")
MARK = "KEFU_SERVED_FROM"
PATIENCE_SECONDS = 4.0


def mark(home: Path) -> dict[str, str]:
    """The environment variable that children of the installation in `home` carry, and hand on to their own."""
    return {MARK: str(home)}


def leftovers(home: Path) -> list[int]:
    """Live processes that carry the mark of `home`. A process number alone could belong to a stranger by now."""
    wanted = f"{MARK}={home}".encode()
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:  # gone meanwhile, or somebody else's
            continue
    return found


def stop_leftovers(home: Path) -> int:
    """Stops them all, by force after a few seconds; answers how many there were."""
    found = leftovers(home)
    _signal(found, signal.SIGTERM)
    give_up = time.monotonic() + PATIENCE_SECONDS
    while (left := leftovers(home)) and time.monotonic() < give_up:
        time.sleep(0.05)
    _signal(left, signal.SIGKILL)
    while leftovers(home):
        time.sleep(0.05)
    return len(found)


def _signal(processes: list[int], number: int) -> None:
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            continue
