"""Housekeeping of the store."""

from datetime import datetime, timedelta

from kefu.foundation.files import storage
from kefu.foundation.jobs.registry import every


@every("20 4 * * *", "files.sweep")
def sweep(*, at: datetime) -> None:
    """Remove what rolled-back uploads left behind more than a day ago."""
    storage.sweep(before=at - timedelta(days=1))
