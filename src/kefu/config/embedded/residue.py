"""What a killed server leaves behind. Linux only (/proc); elsewhere a start is simply tried again until it works."""

from pathlib import Path

PROC = Path("/proc")


def processes_in(data: Path) -> list[int]:
    """Live processes whose working directory is `data`: a server and its backends."""
    found = []
    for entry in PROC.glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == data:
                found.append(int(entry.name))
        except OSError:  # gone meanwhile, a zombie, or somebody else's
            continue
    return found


def clear_dead_lock(data: Path) -> None:
    """Removes the lock file of a server that no longer lives.

    PostgreSQL keeps refusing to start while the number in it belongs to a zombie (killed, and not collected by a lazy
    init) or to an unrelated process that got the same number after a reboot. As long as any process works in
    `data` the file stays: an orphaned backend may still write.
    """
    if PROC.is_dir() and not processes_in(data):
        (data / "postmaster.pid").unlink(missing_ok=True)
