"""What appointments do by the clock."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from kefu.appointments.actions import miss, sweep_holds
from kefu.appointments.actions.evenings import remind_where_nobody_did
from kefu.appointments.queries import left_open
from kefu.foundation.jobs.registry import every
from kefu.kernel.errors import Refused
from kefu.organisation.queries import SYSTEM, system_user


@every("*/10 * * * *", "appointments.evening")
def evening(*, at: datetime) -> None:
    """Remind doctors and health managers of the coming day where nobody did (APT-016)."""
    remind_where_nobody_did(by=system_user(SYSTEM), at=at)


@every("0 22 * * *", "appointments.missed")
def missed(*, at: datetime) -> None:
    """Record as missed what was left open; a customer in whose archive nothing may be written any more is left alone."""
    for one in left_open(at):
        with suppress(Refused):
            miss(appointment=one, by=system_user(SYSTEM), at=at)


@every("*/5 * * * *", "appointments.sweep_holds")
def sweep(*, at: datetime) -> None:
    """Remove held slots whose time has run out."""
    sweep_holds(by=system_user(SYSTEM), at=at)
