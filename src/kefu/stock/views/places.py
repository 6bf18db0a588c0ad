"""Which warehouse a page is about, and who looks at it."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse

from kefu.foundation.access.checks import allowed
from kefu.organisation.models import User
from kefu.stock.models import Warehouse


def person(request: HttpRequest) -> User:
    """Who asks; the login middleware lets nobody else through."""
    return cast(User, request.user)


def chosen(request: HttpRequest, *, central: bool = False) -> Warehouse | None:
    """The warehouse named by `warehouse=`, else the person's own, else the first within reach; None when there is none.

    Raises Http404 for one out of reach.
    """
    user = person(request)
    visible = Warehouse.objects.visible_to(user).select_related("node", "keeper")
    code = request.POST.get("warehouse") or request.GET.get("warehouse", "")
    if code:
        found = visible.filter(code=code).first()
        if found is None:
            raise Http404
        return found
    rows = list(visible.filter(active=True))
    own = [one for one in rows if one.keeper_id == user.pk or one.node_id == user.node_id]
    return next((one for one in [*own, *rows] if one.central == central), None) or next(iter(own or rows), None)


def needed(request: HttpRequest) -> Warehouse:
    """As `chosen`, but there must be one."""
    warehouse = chosen(request)
    if warehouse is None:
        raise Http404
    return warehouse


def may_keep(user: User, warehouse: Warehouse) -> bool:
    """Whether the person may change this warehouse's stock."""
    return allowed(user, warehouse.keep_permission, node_id=warehouse.node_id)


def unprocessable(answer: HttpResponse) -> HttpResponse:
    """The page again, with what is wrong."""
    answer.status_code = 422
    return answer
