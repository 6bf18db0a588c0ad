"""Brings the embedded server back when it is killed while the installation runs."""

import logging
import time
from collections.abc import Callable

from kefu.config.embedded import Cluster, EmbeddedError

logger = logging.getLogger(__name__)

CHECK_SECONDS = 2.0


def keep_running(cluster: Cluster | None, *, on_return: Callable[[], None]) -> Callable[[], None]:
    """A function to call often, which looks after the server now and then; does nothing for a server not our own."""
    due = time.monotonic() + CHECK_SECONDS

    def attend() -> None:
        nonlocal due
        if cluster is None or time.monotonic() < due:
            return
        try:
            if cluster.start():
                logger.warning("PostgreSQL had gone and runs again")
                on_return()
        except EmbeddedError as error:
            logger.error("%s", error)
        due = time.monotonic() + CHECK_SECONDS

    return attend
