"""The daily list of what was shipped and what was not (STK-025)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from kefu.dispatch import actions, queries
from kefu.dispatch.models import DayList
from kefu.dispatch.views.reaching import REGISTER, VIEW, chosen, warehouses
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import act, now, page
from kefu.stock.views.places import person


@needs(VIEW)
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The list of a day at a warehouse, with its counts."""
    user, at = person(request), now(request)
    rows = warehouses(request)
    if not rows:
        return page(request, "dispatch/day.html", {"warehouse": None})
    warehouse, day = chosen(request), queries.day_of(request.GET, at)
    asked = {"warehouse": warehouse.code, "day": day.isoformat()}
    shown = queries.figures_of(list(queries.day_listed(user, asked, at)), day)
    handed = DayList.objects.filter(warehouse=warehouse, day=day).select_related("by").first()
    context = {
        "warehouse": warehouse,
        "warehouses": rows,
        "day": day,
        "rows": shown,
        "counts": queries.day_counts(shown),
        "handed": handed,
        "may_hand_in": handed is None
        and day < timezone.localdate(at)
        and allowed(user, REGISTER, node_id=warehouse.node_id),
        "export_url": export_url(request, "dispatch.day", **asked),
    }
    return page(request, "dispatch/day.html", context)


@needs(REGISTER)
@require_POST
def hand_in(request: HttpRequest) -> HttpResponseBase:
    """Hand the list of a day in."""
    warehouse, day = chosen(request, REGISTER), queries.day_of(request.POST, now(request))
    back = f"{reverse('dispatch:day')}?warehouse={warehouse.code}&day={day.isoformat()}"
    return act(request, lambda: actions.hand_in_list(warehouse=warehouse, day=day, by=person(request), at=now(request)), success=_("发货日报已交"), to=back)  # fmt: skip


@needs(VIEW)
@require_POST
def printout(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Print the list as it was handed in."""
    one = get_object_or_404(DayList.objects.visible_to(person(request)), pk=pk)
    return act(
        request, lambda: actions.print_list(day_list=one, by=person(request), at=now(request)),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )  # fmt: skip
