"""The jobs that keep the jobs in order."""

from datetime import datetime

from kefu.foundation.jobs import upkeep
from kefu.foundation.jobs.registry import every


@every("* * * * *", "jobs.retry_stalled")
def retry_stalled(*, at: datetime) -> None:
    """Revive what a dead worker left behind."""
    upkeep.retry_stalled(at=at)


@every("40 3 * * *", "jobs.tidy")
def tidy(*, at: datetime) -> None:
    """Forget what succeeded long ago."""
    upkeep.tidy(at=at)
