"""Does every balance still agree with its moves (at night), and does every logger still speak?"""

from __future__ import annotations

import logging
from datetime import datetime

from kefu.foundation.jobs.registry import every
from kefu.organisation.queries import SYSTEM, system_user
from kefu.stock.actions import check_balances, watch_loggers

log = logging.getLogger(__name__)


@every("40 2 * * *", "stock.check_balances")
def check_every_night(*, at: datetime) -> None:
    """Report every balance that is not the sum of its moves. Nothing is repaired: somebody must find out why."""
    for wrong in check_balances(by=system_user(SYSTEM), at=at):
        log.error(
            "stock balance %d holds %d with %d set aside, its moves say %d and %d",
            *(wrong.balance_id, wrong.quantity, wrong.reserved, wrong.moved, wrong.set_aside),
        )


@every("*/10 * * * *", "stock.watch_loggers")
def watch(*, at: datetime) -> None:
    """Open a breach for every logger that has been silent for too long (STK-008)."""
    watch_loggers(by=system_user(SYSTEM), at=at)
