"""Housekeeping of the API."""

from datetime import datetime, timedelta

from kefu.foundation.api import actions
from kefu.foundation.jobs.registry import every

KEPT = timedelta(days=7)


@every("50 4 * * *", "api.forget_answers")
def forget_answers(*, at: datetime) -> None:
    """Idempotency keys count for a week."""
    actions.forget_answers(before=at - KEPT)
