"""What purchasing does by itself."""

from __future__ import annotations

from datetime import datetime

from kefu.foundation.jobs.registry import every
from kefu.organisation.queries import SYSTEM, system_user
from kefu.purchasing.actions import run_due_proposals


@every("10 5 * * *", "purchasing.proposals")
def propose_when_due(*, at: datetime) -> None:
    """A proposal for each central warehouse, every so many months (STK-001)."""
    run_due_proposals(by=system_user(SYSTEM), at=at)
