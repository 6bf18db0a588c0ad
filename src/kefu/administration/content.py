"""Loads the shipped roles, functions and matrix of Annex 1 (ORG-001). Loading again adds what is new and keeps what was edited."""

from datetime import datetime
from pathlib import Path
from typing import Any

import yaml

from kefu.foundation.approvals.models import Ladder, LadderLevel
from kefu.foundation.audit.trail import action, nothing_changed, record
from kefu.organisation.choices import Level
from kefu.organisation.models import Function, Role, RoleCell, User

ROLES = Path(__file__).parent / "content" / "roles.yaml"
LADDERS = Path(__file__).parent / "content" / "ladders.yaml"
LEVELS = {"own": Level.OWN, "view": Level.VIEW, "act": Level.ACT}


@action
def load_roles(*, only: frozenset[str] | None = None, by: User | None, at: datetime) -> None:
    """Create roles, functions and cells that do not exist yet, a new function's for the roles that were there; `only` limits the roles."""
    content: dict[str, Any] = yaml.load(ROLES.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    new = {row["code"] for row in content["groups"]} - set(Function.objects.values_list("code", flat=True))
    Function.objects.bulk_create(
        [Function(code=row["code"], zh=row["zh"], en=row["en"], module=row["module"]) for row in content["groups"]],
        ignore_conflicts=True,
    )
    known = set(Role.objects.values_list("code", flat=True))
    wanted = [row for row in content["roles"] if row["code"] not in known and (only is None or row["code"] in only)]
    Role.objects.bulk_create(
        Role(
            code=row["code"],
            zh=row["zh"],
            en=row["en"],
            scope=row["scope"],
            pack=row["pack"],
            external=row.get("external", False),
        )
        for row in wanted
    )
    _load_cells({row["code"]: content["matrix"].get(row["code"], {}) for row in wanted})
    _load_cells({role: _of(cells, new) for role, cells in content["matrix"].items() if role in known})
    record("administration.roles.loaded", by=by, at=at, changes={"roles": (len(known), len(known) + len(wanted))})


@action
def load_ladders(*, by: User | None, at: datetime) -> int:
    """Create the shipped ladders of approval that do not exist yet; answers how many (ORG-014)."""
    content: dict[str, Any] = yaml.load(LADDERS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    known, roles = set(Ladder.objects.values_list("code", flat=True)), {role.code: role for role in Role.objects.all()}
    missing = [(order, row) for order, row in enumerate(content["ladders"]) if row["code"] not in known]
    for order, row in missing:
        ladder = Ladder.objects.create(code=row["code"], zh=row["zh"], en=row["en"], order=order)
        LadderLevel.objects.bulk_create(
            LadderLevel(ladder=ladder, position=position, role=roles[code])
            for position, codes in enumerate(row["levels"])
            for code in codes
            if code in roles
        )
    if missing:
        record(
            "administration.ladders.loaded", by=by, at=at, changes={"ladders": (len(known), len(known) + len(missing))}
        )
    else:
        nothing_changed()
    return len(missing)


def _of(cells: dict[str, str], functions: set[str]) -> dict[str, str]:
    return {function: level for function, level in cells.items() if function in functions}


def _load_cells(matrix: dict[str, dict[str, str]]) -> None:
    roles = {role.code: role for role in Role.objects.filter(code__in=matrix)}
    functions = {function.code: function for function in Function.objects.all()}
    RoleCell.objects.bulk_create(
        RoleCell(role=roles[role], function=functions[function], level=LEVELS[level])
        for role, cells in matrix.items()
        for function, level in cells.items()
    )
