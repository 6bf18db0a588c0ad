"""What every route says of itself: the right it needs, or that anybody with a token may call it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User

Route = TypeVar("Route", bound=Callable[..., Any])


def needs(*permissions: Permission) -> Callable[[Route], Route]:
    """One of the rights, held somewhere, before the body is even read; the action still checks the record. Stands below `@router`."""

    def declare(route: Route) -> Route:
        route.permissions = permissions  # type: ignore[attr-defined]
        return route

    return declare


def everyone(route: Route) -> Route:
    """Anybody with a token: the names and codes that programs need to write anything."""
    route.permissions = ()  # type: ignore[attr-defined]
    return route


def rights_of(route: Callable[..., Any]) -> tuple[Permission, ...] | None:
    """What a route declares; None when it declares nothing."""
    declared: tuple[Permission, ...] | None = getattr(route, "permissions", None)
    return declared


def require_right(user: User, permissions: tuple[Permission, ...]) -> None:
    """Raises Forbidden when rights are needed and the user holds none of them."""
    if permissions and not any(access_of(user).may(permission) for permission in permissions):
        require(user, permissions[0])
