"""The matrix of roles and functions."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from kefu.foundation.access.queries import contained, containing, reached, role_parts, valid_grants
from kefu.organisation.choices import Level
from kefu.organisation.models import Function, Grant, Role, RoleCell, RolePart, User


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
    """A role with its cells in the order of the functions, how many people hold it today, and the roles it contains."""

    role: Role
    holders: int
    parts: list[Role]
    cells: list[Cell]


def modules() -> list[str]:
    """The modules that have functions, in the order of the shipped content."""
    return list(dict.fromkeys(Function.objects.order_by("id").values_list("module", flat=True)))


def packs() -> list[str]:
    """The packs that have roles, the core first."""
    return list(dict.fromkeys(Role.objects.order_by("id").values_list("pack", flat=True)))


def matrix(module: str, pack: str) -> tuple[list[Function], list[Row]]:
    """The functions of a module and the roles of a pack. Six queries whatever their number."""
    functions = list(Function.objects.filter(module=module))
    parts = Prefetch("parts", queryset=RolePart.objects.select_related("part"))
    roles = list(Role.objects.filter(pack=pack).prefetch_related(parts))
    levels = {
        (cell.role_id, cell.function_id): Level(cell.level)
        for cell in RoleCell.objects.filter(role__in=roles, function__in=functions)
    }
    counts = _counts()
    rows = [
        Row(
            role,
            counts.get(role.pk, 0),
            [part.part for part in role.parts.all()],
            [Cell(role, each, levels.get((role.pk, each.pk), Level.NONE)) for each in functions],
        )
        for role in roles
    ]
    return functions, rows


def cell_of(role: Role, function: Function) -> Cell:
    """One cell as it is now."""
    held = RoleCell.objects.filter(role=role, function=function).first()
    return Cell(role, function, Level(held.level) if held else Level.NONE)


def holders_of(role: Role) -> list[User]:
    """The active people who hold the role today, also as a part of another, by job number."""
    return list(User.objects.filter(pk__in=holders(role)).select_related("node").order_by("job_number"))


def holders(role: Role) -> set[int]:
    """Their ids."""
    held = _people().filter(role__in=containing([role.pk]))
    return set(held.values_list("user_id", flat=True))


def rights_of(role: Role) -> dict[Function, Level]:
    """What a role may do by its own cells and those of its parts: functions in order with the highest level."""
    cells = (
        RoleCell.objects.filter(role__in=contained([role.pk]))
        .order_by("function_id", "level")
        .select_related("function")
    )
    return {cell.function: Level(cell.level) for cell in cells}


def rights_by_module(role: Role) -> dict[str, list[tuple[Function, Level]]]:
    """The same by module, for reading."""
    found: dict[str, list[tuple[Function, Level]]] = {}
    for function, level in rights_of(role).items():
        found.setdefault(function.module, []).append((function, level))
    return found


def gained(role: Role, part: Role) -> dict[Function, Level]:
    """What the holders of a role could do besides if it contained another."""
    now = rights_of(role)
    return {function: level for function, level in rights_of(part).items() if level > now.get(function, Level.NONE)}


def _counts() -> dict[int, int]:
    parts, people = role_parts(), dict[int, set[int]]()
    for granted, user_id in _people().values_list("role_id", "user_id"):
        for role_id in reached([granted], parts):
            people.setdefault(role_id, set()).add(user_id)
    return {role_id: len(held) for role_id, held in people.items()}


def _people() -> QuerySet[Grant]:
    return valid_grants().filter(user__is_active=True, user__is_system=False)
