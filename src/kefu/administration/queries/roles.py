"""The matrix of roles and functions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from kefu.foundation.access.queries import valid_grants
from kefu.organisation.choices import Level
from kefu.organisation.models import Function, Role, RoleCell


@dataclass(frozen=True)
class Cell:
    """One cell: its level, and the words for a screen reader."""

    role: Role
    function: Function
    level: Level

    @property
    def label(self) -> str:
        """Which cell this is, in words."""
        return f"{self.role.label} × {self.function.label}"


@dataclass(frozen=True)
class Row:
    """A role with its cells in the order of the functions, and how many people hold it today."""

    role: Role
    holders: int
    cells: list[Cell]


def modules() -> list[str]:
    """The modules that have functions, in the order of the shipped content."""
    return list(dict.fromkeys(Function.objects.order_by("id").values_list("module", flat=True)))


def packs() -> list[str]:
    """The packs that have roles, the core first."""
    return list(dict.fromkeys(Role.objects.order_by("id").values_list("pack", flat=True)))


def matrix(module: str, pack: str) -> tuple[list[Function], list[Row]]:
    """The functions of a module and the roles of a pack. Four queries whatever their number."""
    functions = list(Function.objects.filter(module=module))
    roles = list(Role.objects.filter(pack=pack))
    levels = {
        (cell.role_id, cell.function_id): Level(cell.level)
        for cell in RoleCell.objects.filter(role__in=roles, function__in=functions)
    }
    holders = _holders()
    rows = [
        Row(
            role,
            holders.get(role.pk, 0),
            [Cell(role, each, levels.get((role.pk, each.pk), Level.NONE)) for each in functions],
        )
        for role in roles
    ]
    return functions, rows


def cell_of(role: Role, function: Function) -> Cell:
    """One cell as it is now."""
    held = RoleCell.objects.filter(role=role, function=function).first()
    return Cell(role, function, Level(held.level) if held else Level.NONE)


def holders_of(role: Role) -> int:
    """How many active people hold the role today."""
    return _holders().get(role.pk, 0)


def _holders() -> dict[int, int]:
    counted = valid_grants().filter(user__is_active=True, user__is_system=False).values("role_id")
    return {row["role_id"]: row["people"] for row in counted.annotate(people=Count("user_id", distinct=True))}
