"""The tree as it is drawn."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q

from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.worktime.models import Calendar
from kefu.organisation.models import Node, User

INDENTS = ("", "ms-4", "ms-5", "ms-5 ps-4")


@dataclass(frozen=True)
class Branch:
    """A place, how deep it hangs, how many colleagues belong to it, and the words of its calendar."""

    node: Node
    depth: int
    people: int
    calendar: str

    @property
    def indent(self) -> str:
        """The class that moves the name to the right; deeper than three looks like three."""
        return INDENTS[min(self.depth, len(INDENTS) - 1)]


def tree(reader: User) -> list[Branch]:
    """The places the reader administers, each followed by what is below it. Two queries."""
    nodes = Node.objects.filter(scope(reader, AdministrationPermission.NODE_VIEW, node="pk")).annotate(
        people=_working()
    )
    rows = {node.pk: node for node in nodes.order_by("code")}
    calendars = {row.code: row.label for row in Calendar.objects.all()}
    below: dict[int | None, list[Node]] = {}
    for node in rows.values():
        below.setdefault(node.parent_id if node.parent_id in rows else None, []).append(node)
    found: list[Branch] = []

    def walk(parent: int | None, depth: int) -> None:
        for node in below.get(parent, ()):
            people = node.people  # type: ignore[attr-defined]
            found.append(Branch(node, depth, people, calendars.get(node.calendar_code, node.calendar_code)))
            walk(node.pk, depth + 1)

    walk(None, 0)
    return found


def _working() -> Count:
    return Count("users", filter=Q(users__is_active=True, users__is_system=False))
