"""Housekeeping of the API."""

from datetime import datetime, timedelta

from kefu.foundation.api import once
from kefu.foundation.jobs.registry import every

KEPT = timedelta(days=7)


@every("50 4 * * *", "api.forget_answers")
def forget_answers(*, at: datetime) -> None:
    """Idempotency keys count for a week."""
    once.forget_answers(at - KEPT)
