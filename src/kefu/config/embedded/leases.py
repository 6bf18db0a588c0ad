"""Several commands may use one server at a time; the last one to leave stops it.

A user holds a shared lock on a file, which the operating system drops even when the user is killed.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kefu.config.embedded.cluster import Cluster


@contextmanager
def running(home: Path, *, database: str = "kefu", fast: bool = False) -> Iterator[str]:
    """The DSN of `database` in the running server of `home`; raises EmbeddedError when it can't be started."""
    cluster = Cluster(home, fast=fast)
    with leased(cluster):
        cluster.ensure_database(database)
        yield cluster.dsn(database)


@contextmanager
def leased(cluster: Cluster) -> Iterator[None]:
    """Keeps the server of `cluster` running for the length of the block; stops it after if nobody else uses it."""
    cluster.data.parent.mkdir(parents=True, exist_ok=True)
    with (cluster.data.parent / "postgres.lease").open("w") as lease:
        with cluster.locked():
            fcntl.flock(lease, fcntl.LOCK_SH)
        try:
            cluster.start()
            yield
        finally:
            with cluster.locked():
                if _is_last(lease.fileno()):
                    cluster.stop()


def _is_last(lease: int) -> bool:
    try:
        fcntl.flock(lease, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
