"""What billing does by the clock: packages whose last day is over, and those of which little is left."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from kefu.billing.actions.prepaid_care import expire, look_at
from kefu.billing.queries.prepaid import run_out, to_watch
from kefu.foundation.jobs.registry import every
from kefu.kernel.errors import Refused
from kefu.organisation.queries import SYSTEM, system_user


@every("20 2 * * *", "billing.expire_prepaid")
def expire_prepaid(*, at: datetime) -> None:
    """What was not used in time expires; an archive in which nothing may be written any more is left alone (CUS-029)."""
    for one in run_out(at):
        with suppress(Refused):
            expire(prepaid=one, by=system_user(SYSTEM), at=at)


@every("40 2 * * *", "billing.watch_prepaid")
def watch_prepaid(*, at: datetime) -> None:
    """Packages that are low by the limit of today and of which nobody was told yet, and those that are no more (CUS-029)."""
    for one in to_watch(at):
        with suppress(Refused):
            look_at(prepaid=one, by=system_user(SYSTEM), at=at)
