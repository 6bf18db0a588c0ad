"""Writing the trail, and the `action` decorator that makes a write a transaction which cannot forget it."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from django.db import connection, transaction

from kefu.foundation.access.queries import access_of
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.context import current
from kefu.foundation.audit.personal import conceal
from kefu.organisation.models import User

P = ParamSpec("P")
R = TypeVar("R")
Change = tuple[object, object]

_rows: ContextVar[list[str] | None] = ContextVar("audit_rows", default=None)


@dataclass(frozen=True)
class Subject:
    """What a row is about: a code like `lab.order` and the row's id. Never a content type."""

    kind: str
    id: int


class AuditMissing(RuntimeError):
    """An action ended without a row in the trail: a programming error, raised before anything is committed."""


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function of `actions.py` one verb: keyword-only with `by` and `at`, one transaction, at least one audit row."""
    parameters = inspect.signature(function).parameters
    keyword_only = all(parameter.kind is inspect.Parameter.KEYWORD_ONLY for parameter in parameters.values())
    if not keyword_only or not {"by", "at"} <= parameters.keys():
        raise TypeError(f"{function.__module__}.{function.__qualname__} must be keyword-only and take by= and at=")

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        rows: list[str] = []
        outer = _rows.get()
        token = _rows.set(rows)
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                if not rows:
                    raise AuditMissing(f"{function.__module__}.{function.__qualname__} wrote no audit row")
        finally:
            _rows.reset(token)
        if outer is not None:
            outer.extend(rows)
        return result

    run.is_action = True  # type: ignore[attr-defined]
    return run


def within_action(function: Callable[P, R]) -> Callable[P, R]:
    """Mark a write that only makes sense inside an action of a module above, whose transaction and audit row cover it."""

    @wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        if _rows.get() is None:
            raise RuntimeError(f"{function.__module__}.{function.__qualname__} was called outside an action")
        return function(*args, **kwargs)

    run.is_within_action = True  # type: ignore[attr-defined]
    return run


def nothing_changed() -> None:
    """State that an action found its work already done, so that no row is owed."""
    rows = _rows.get()
    if rows is not None:
        rows.append("")


_ENTRY = """
    INSERT INTO audit_auditentry (at, by_id, role, node_id, kind, code, subject_kind, subject_id, customer_id, changes, personal, reason,
                                  via, request_id)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s)
"""
"""Plain SQL: whatever anybody does or looks at goes through here."""


def record(
    code: str,
    *,
    by: User | None,
    at: datetime,
    subject: Subject | None = None,
    customer_id: int | None = None,
    node_id: int | None = None,
    changes: Mapping[str, Change] | None = None,
    personal: Mapping[str, Change] | None = None,
    reason: str = "",
    kind: Kind = Kind.CHANGE,
) -> None:
    """Write one row. `changes` maps field to (before, after); `personal` is the same, kept under the customer's key."""
    concealed = (
        conceal(customer_id, {name: list(pair) for name, pair in personal.items()})
        if personal and customer_id
        else None
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _ENTRY, _entry(code, by, at, subject, customer_id, node_id, changes or {}, concealed, reason, kind)
        )
    _keep(code)


def record_each(
    code: str, *, by: User | None, at: datetime, each: Iterable[tuple[Subject, int, int, Mapping[str, Change]]]
) -> None:  # fmt: skip
    """Write one row for each of many: subject, customer, place and changes. One round trip for all of them."""
    entries = [
        _entry(code, by, at, subject, customer_id, node_id, changes, None, "", Kind.CHANGE)
        for subject, customer_id, node_id, changes in each
    ]  # fmt: skip
    if entries:
        with connection.cursor() as cursor:
            cursor.executemany(_ENTRY, entries)
        _keep(code)


def _entry(
    code: str, by: User | None, at: datetime, subject: Subject | None, customer_id: int | None, node_id: int | None,
    changes: Mapping[str, Change], concealed: bytes | None, reason: str, kind: Kind,
) -> list[Any]:  # fmt: skip
    origin = current()
    kept = {name: [_plain(before), _plain(after)] for name, (before, after) in changes.items()}
    return [
        at, by.pk if by else None, _roles(by), node_id, Kind(kind).value, code, subject.kind if subject else "",
        subject.id if subject else None, customer_id, json.dumps(kept, ensure_ascii=False), concealed, reason, origin.via, origin.request_id,
    ]  # fmt: skip


def _keep(code: str) -> None:
    rows = _rows.get()
    if rows is not None:
        rows.append(code)


def record_read(code: str, *, by: User, at: datetime, customer_id: int, subject: Subject | None = None, node_id: int | None = None,
                kind: Kind = Kind.READ, reason: str = "") -> None:  # fmt: skip
    """Write that somebody looked at, revealed, printed or exported data of a customer."""
    record(code, by=by, at=at, subject=subject, customer_id=customer_id, node_id=node_id, kind=kind, reason=reason)


def record_refusal(
    code: str, *, by: User | None, at: datetime, subject: Subject | None = None, reason: str = ""
) -> None:
    """Write that an attempt was refused; called by views and the API after the refused transaction is gone."""
    record(code, by=by, at=at, subject=subject, kind=Kind.REFUSED, reason=reason)


def _roles(user: User | None) -> str:
    return ",".join(sorted(access_of(user).roles))[:200] if user else ""


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, bool | int | str) else str(value)
