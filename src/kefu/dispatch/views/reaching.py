"""What the pages of dispatch begin with: for which warehouse, and what this person may do there."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse

from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.stock.models import Warehouse
from kefu.stock.views.places import person

VIEW, REGISTER = DispatchPermission.VIEW, DispatchPermission.REGISTER


def warehouses(request: HttpRequest, right: DispatchPermission = VIEW) -> list[Warehouse]:
    """The warehouses in use whose register the person reaches with a right, by code."""
    rows = Warehouse.objects.filter(scope(person(request), right, node="node_id"), active=True)
    return list(rows.select_related("node"))


def chosen(request: HttpRequest, right: DispatchPermission = VIEW) -> Warehouse:
    """The one named by `warehouse=`, else the person's own, else the first. Raises Http404 where there is none within reach."""
    user, code = person(request), request.POST.get("warehouse") or request.GET.get("warehouse", "")
    rows = [one for one in warehouses(request, right) if not code or one.code == code]
    if not rows:
        raise Http404
    return next((one for one in rows if user.pk == one.keeper_id or user.node_id == one.node_id), rows[0])


def again(answer: HttpResponse, status: int = 422) -> HttpResponse:
    """The page once more, with what is wrong."""
    answer.status_code = status
    return answer
