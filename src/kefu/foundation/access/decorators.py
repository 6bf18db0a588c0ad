"""What every view says of itself: the right it needs, or that anybody logged in, or anybody at all, may call it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpResponseBase

from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.access.rules import Permission

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def needs(*permissions: Permission) -> Callable[[View], View]:
    """Refuse (Forbidden) before the view unless the user holds one of the rights somewhere; the action still checks the record."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            access = access_of(request.user)
            if not any(access.may(permission) for permission in permissions):
                require(request.user, permissions[0])
            return view(request, *args, **kwargs)

        guarded.permissions = permissions  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return wrap


def everyone(view: View) -> View:
    """Anybody who is logged in: the workbench, one's own notices, the search box (which filters by itself)."""
    view.permissions = ()  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Anybody at all: the login page, the health check."""
    view.permissions = ()  # type: ignore[attr-defined]
    view.login_required = False  # type: ignore[attr-defined]
    return view
