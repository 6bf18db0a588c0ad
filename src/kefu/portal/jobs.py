"""What the customers' pages have done in the background."""

from __future__ import annotations

from datetime import datetime

from kefu.foundation.jobs.registry import every
from kefu.organisation.queries import SYSTEM, system_user
from kefu.portal.actions.door import forget_visits


@every("35 3 * * *", "portal.forget_visits")
def forget(*, at: datetime) -> None:
    """Delete the visits that are over for some days."""
    forget_visits(by=system_user(SYSTEM), at=at)
