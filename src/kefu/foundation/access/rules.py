"""Permission names and what they need: a function of the matrix and a level. Plain Python."""

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Permission(StrEnum):
    """Base of every module's permission names, written `area:thing:verb`."""


class Needed(IntEnum):
    """The level a permission asks for: OWN cells satisfy both, within own customers or records."""

    VIEW = 2
    ACT = 3


@dataclass(frozen=True)
class Need:
    """The function of the matrix and the level a permission asks for."""

    function: str
    level: Needed


_needs: dict[Permission, Need] = {}


def grants(needs: dict[Permission, tuple[str, Needed]]) -> None:
    """Declare what each permission of a module needs. Called once, at the end of its `permissions.py`."""
    _needs.update({permission: Need(function, level) for permission, (function, level) in needs.items()})


def need_of(permission: Permission) -> Need:
    """What the permission needs. KeyError for one that was never declared: a programming error."""
    return _needs[permission]


def describe() -> dict[Permission, Need]:
    """Every declared permission, for the matrix page and the permission table test."""
    return dict(_needs)
