"""What appointments do by the clock."""

from __future__ import annotations

from datetime import datetime

from kefu.appointments.actions import sweep_holds
from kefu.appointments.actions.evenings import remind_where_nobody_did
from kefu.foundation.jobs.registry import every
from kefu.organisation.queries import SYSTEM, system_user


@every("*/10 * * * *", "appointments.evening")
def evening(*, at: datetime) -> None:
    """Remind doctors and health managers of the coming day where nobody did (APT-016)."""
    remind_where_nobody_did(by=system_user(SYSTEM), at=at)


@every("*/5 * * * *", "appointments.sweep_holds")
def sweep(*, at: datetime) -> None:
    """Remove held slots whose time has run out."""
    sweep_holds(by=system_user(SYSTEM), at=at)
