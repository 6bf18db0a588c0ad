"""Repeating work of the registers."""

from __future__ import annotations

from datetime import datetime

from kefu.foundation.jobs.registry import every
from kefu.organisation.queries import SYSTEM, system_user
from kefu.people.actions import close_due_accounts, remind_of_credentials, remind_of_ends


@every("30 8 * * *", "people.remind_of_ends")
def remind(*, at: datetime) -> None:
    """In the morning, ring for agreements and certificates that come near their end; a second run rings nobody who has not looked yet."""
    remind_of_ends(by=system_user(SYSTEM), at=at)
    remind_of_credentials(by=system_user(SYSTEM), at=at)


@every("30 23 * * *", "people.close_accounts")
def close_accounts(*, at: datetime) -> None:
    """At the end of the day, close the accounts of those whose last day it was (ORG-016)."""
    close_due_accounts(by=system_user(SYSTEM), at=at)
