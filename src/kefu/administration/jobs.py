"""What administration does by itself."""

from datetime import datetime

from kefu.administration.actions import roles, sessions
from kefu.foundation.audit.sealing import seal_trail
from kefu.foundation.jobs.registry import every
from kefu.organisation.queries import SYSTEM, system_user


@every("*/10 * * * *", "administration.seal_trail")
def seal_audit_trail(*, at: datetime) -> None:
    """Chain the rows of the audit trail written since the last time (SEC-003)."""
    seal_trail(by=None, at=at)


@every("5 0 * * *", "administration.dated_roles")
def dated_roles(*, at: datetime) -> None:
    """Roles that begin or end today by their date."""
    roles.follow_dated_grants(by=system_user(SYSTEM), at=at)


@every("35 3 * * *", "administration.tidy_sessions")
def tidy_sessions(*, at: datetime) -> None:
    """Expired and long ended logins."""
    sessions.tidy_sessions(at=at)
