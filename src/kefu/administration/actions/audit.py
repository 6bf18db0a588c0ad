"""Reading the trail leaves a trail (SEC-003)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.personal import disclose
from kefu.foundation.audit.trail import Subject, action, record
from kefu.organisation.models import User


@action
def note_reading(*, asked: Mapping[str, str], customer_id: int | None, by: User, at: datetime) -> None:
    """Write down that somebody looked through the trail, and what for."""
    require(by, AdministrationPermission.AUDIT_READ)
    record(
        "administration.audit.read", by=by, at=at, kind=Kind.READ, customer_id=customer_id,
        changes={name: (None, value) for name, value in asked.items() if value},
    )  # fmt: skip


@action
def reveal_personal(*, entry: AuditEntry, by: User, at: datetime) -> dict[str, list[object]] | None:
    """The personal values of a row, before and after by field; None when the customer was erased. The look is recorded."""
    require(by, AdministrationPermission.AUDIT_READ)
    record(
        "administration.audit.revealed", by=by, at=at, kind=Kind.REVEAL, subject=Subject("audit.entry", entry.pk),
        customer_id=entry.customer_id, node_id=entry.node_id,
    )  # fmt: skip
    if entry.personal is None or entry.customer_id is None:
        return {}
    opened = disclose(entry.customer_id, bytes(entry.personal))
    if opened is None:
        return None
    return {name: list(pair) if isinstance(pair, list) else [None, pair] for name, pair in opened.items()}
