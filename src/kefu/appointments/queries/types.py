"""Types of visits: what is offered where, and their names in the reader's language (APT-015)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.appointments.models import ClinicSchedule, VisitType
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node

Choices = list[tuple[str, str]]


def offered_choices(nodes: Iterable[Any]) -> Choices:
    """Code and name of what one may book at these places."""
    return [(one.code, one.label) for one in VisitType.objects.at(nodes)]


def all_choices() -> Choices:
    """Code and name of every type, retired ones too: bookings of them are still looked for and counted."""
    return [(one.code, one.label) for one in VisitType.objects.order_by("-active", "position", "code")]


def bookable_type(code: str, node: Node) -> VisitType:
    """The type one books at a place; plain SQL, since every booking asks. Raises Invalid on `type` for a code that is none, a retired one, and one of another place."""
    rows = list(VisitType.objects.raw("SELECT * FROM appointments_visittype WHERE code = %s", [code]))
    if not rows:
        raise Invalid.one("type", "unknown", _("没有这种事项。"))
    found = rows[0]
    if not found.active:
        raise Invalid.one("type", "retired", _("“%(type)s”已停用，请选别的事项。") % {"type": found.label})
    require_at(found, node)
    return found


def require_at(type: VisitType, node: Node) -> None:
    """Raises Invalid for a type of another place."""
    if type.node_id not in (None, node.pk):
        raise Invalid.one("type", "elsewhere", _("这个中心不办“%(type)s”，请选别的事项。") % {"type": type.label})


def known_code(code: str | None) -> str:
    """The code of a type, retired or not; empty for none. Raises Invalid for a code that is none."""
    if code and not VisitType.objects.filter(code=code).exists():
        raise Invalid.one("type", "unknown", _("没有这种事项。"))
    return code or ""


def spoken(rows: QuerySet[ClinicSchedule]) -> list[ClinicSchedule]:
    """Weekly hours with `type_words`; one query more, however many."""
    found = list(rows)
    names = dict(all_choices()) if any(row.types for row in found) else {}
    for row in found:
        row.type_words = [names.get(code, code) for code in row.types]
    return found
