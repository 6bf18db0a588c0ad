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


def clear_dead_locks(data: Path, socket: Path) -> None:
    """Removes the lock files of a server that no longer lives.

    PostgreSQL keeps refusing to start while the number in them belongs to a zombie (killed, and not collected by a
    lazy init) or to an unrelated process that got the same number after a reboot. As long as any process works in
    `data` the files stay: an orphaned backend may still write.
    """
    if not PROC.is_dir() or processes_in(data):
        return
    for lock in (data / "postmaster.pid", *socket.glob(".s.PGSQL.*")):
        lock.unlink(missing_ok=True)
