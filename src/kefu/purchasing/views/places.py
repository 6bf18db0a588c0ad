"""For which central warehouse a page works, who looks at it, and the way between its pages."""

from __future__ import annotations

from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User
from kefu.purchasing.permissions import PurchasingPermission
from kefu.stock.models import Warehouse

ARRIVING = (PurchasingPermission.PLAN_VIEW, PurchasingPermission.COUNT)
DECIDING = (PurchasingPermission.PLAN_VIEW, PurchasingPermission.APPROVE)
PAGES = (
    ("proposals", _("采购建议"), (PurchasingPermission.PLAN_VIEW,)),
    ("requests", _("采购申请"), DECIDING),
    ("orders", _("采购单"), ARRIVING),
    ("deliveries", _("到货验收"), ARRIVING),
    ("comparison", _("订销对比"), (PurchasingPermission.PLAN_VIEW,)),
    ("suppliers", _("供应商"), (PurchasingPermission.PLAN_VIEW,)),
)


def person(request: HttpRequest) -> User:
    """Who asks; the login middleware lets nobody else through."""
    return cast(User, request.user)


def central_for(user: User, permission: Permission) -> Warehouse | None:
    """The central warehouse the person may buy for or let goods into; None where there is none."""
    rows = Warehouse.objects.filter(scope(user, permission), central=True, active=True)
    return rows.select_related("node").order_by("code").first()


def needed(user: User, permission: Permission) -> Warehouse:
    """As `central_for`, but there must be one."""
    found = central_for(user, permission)
    if found is None:
        raise Http404
    return found


def way(user: User, here: str) -> list[dict[str, object]]:
    """The pages of purchasing the person may open, as the component `ui/segment.html` takes them."""
    return [
        {"url": reverse(f"purchasing:{name}"), "label": label, "pressed": name == here}
        for name, label, rights in PAGES
        if any(allowed(user, right) for right in rights)
    ]


def unprocessable(answer: HttpResponse) -> HttpResponse:
    """The page again, with what is wrong."""
    answer.status_code = 422
    return answer
