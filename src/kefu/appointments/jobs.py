"""What appointments do by the clock."""

from __future__ import annotations

from datetime import datetime

from kefu.appointments.actions.evenings import remind_where_nobody_did
from kefu.foundation.jobs.registry import every
from kefu.organisation.queries import system_user


@every("*/10 * * * *", "appointments.evening")
def evening(*, at: datetime) -> None:
    """Remind doctors and health managers of the coming day where nobody did (APT-016)."""
    remind_where_nobody_did(by=system_user("system"), at=at)
