"""Searching the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.models import AuditEntry
from kefu.organisation.models import Role, User


@dataclass(frozen=True)
class Asked:
    """What the reader looks for: a person by job number or name, a customer, a code's beginning, a kind, a day."""

    person: str = ""
    customer_id: int | None = None
    code: str = ""
    kind: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Line:
    """A row of the trail as it is shown; personal values stay concealed until somebody asks for them."""

    entry: AuditEntry
    who: str
    roles: str
    kind: str
    changes: list[tuple[str, object, object]] = field(default_factory=list)

    @property
    def personal(self) -> bool:
        """Whether personal values lie under the customer's key."""
        return self.entry.personal is not None


def entries(reader: User, asked: Asked) -> QuerySet[AuditEntry]:
    """The rows the reader may see and asked for."""
    found = AuditEntry.objects.filter(scope(reader, AdministrationPermission.AUDIT_READ, node="node_id"))
    if asked.person:
        found = found.filter(by__in=_people(asked.person))
    if asked.customer_id is not None:
        found = found.filter(customer_id__in=_ids_of(asked.customer_id))
    if asked.code:
        found = found.filter(code__startswith=asked.code)
    if asked.kind in Kind.values:
        found = found.filter(kind=asked.kind)
    if asked.day is not None:
        start = datetime.combine(asked.day, time(), timezone.get_current_timezone())
        found = found.filter(at__gte=start, at__lt=start + timedelta(days=1))
    return found.select_related("by")


def also_written_under(ids_of: Callable[[int], list[int]]) -> None:
    """Register who knows under which ids one customer's rows were written: two archives of one person may have become one."""
    _ids.append(ids_of)


_ids: list[Callable[[int], list[int]]] = []


def _ids_of(customer_id: int) -> set[int]:
    return {customer_id, *(pk for ids_of in _ids for pk in ids_of(customer_id))}


def lines(rows: list[AuditEntry]) -> list[Line]:
    """Rows in words. One query for the names of the roles."""
    labels = {role.code: role.label for role in Role.objects.all()}
    return [
        Line(
            entry=row,
            who=f"{row.by.name} {row.by.job_number}" if row.by else "",
            roles="、".join(labels.get(code, code) for code in row.role.split(",") if code),
            kind=row.get_kind_display(),
            changes=[(name, *_pair(pair)) for name, pair in row.changes.items()],
        )
        for row in rows
    ]


def _pair(pair: object) -> tuple[object, object]:
    return (pair[0], pair[1]) if isinstance(pair, list) and len(pair) == 2 else (None, pair)


def _people(text: str) -> list[int]:
    return list(User.objects.filter(Q(job_number=text) | Q(name=text)).values_list("pk", flat=True))
