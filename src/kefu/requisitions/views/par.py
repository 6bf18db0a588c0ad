"""How much should lie in a warehouse, and what falls short of it (STK-012, STK-020)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import act, now, page
from kefu.requisitions.actions import set_par
from kefu.requisitions.forms import ParForm
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.queries import shortfalls
from kefu.requisitions.views.reaching import again
from kefu.stock.models import Warehouse
from kefu.stock.permissions import StockPermission
from kefu.stock.views.places import may_keep, needed, person


@needs(StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)
@require_http_methods(["GET", "POST"])
def listing(request: HttpRequest) -> HttpResponseBase:
    """The par levels of a warehouse; those that fall short most come first. Setting one closes the one before."""
    warehouse, user, at = needed(request), person(request), now(request)

    def render(form: ParForm) -> HttpResponse:
        rows = shortfalls(warehouse, at)
        keeps = may_keep(user, warehouse)
        context = {
            "warehouse": warehouse,
            "warehouses": Warehouse.objects.visible_to(user).filter(active=True),
            "rows": rows,
            "short": sum(1 for _level, need in rows if need.shortfall),
            "form": form if keeps else None,
            "may_draft": not warehouse.central
            and allowed(user, RequisitionPermission.DRAFT, node_id=warehouse.node_id),
            "export_url": export_url(request, "requisitions.par", warehouse=warehouse.code),
            "import_url": reverse("exchange:upload", args=["par"]) if keeps else "",
        }
        return page(request, "requisitions/par.html", context)

    if request.method == "GET":
        return render(ParForm(initial={"from_day": at.date()}))
    form = ParForm(request.POST)
    if not form.is_valid():
        return again(render(form))
    return act(
        request, lambda: set_par(warehouse=warehouse, **form.cleaned_data, by=user, at=at), success=_("备用数量已定"),
        to=f"{reverse('requisitions:par')}?warehouse={warehouse.code}", form=form, render=lambda: render(form),
    )  # fmt: skip
