"""At the sending warehouse: picking by scan, packing, waybills, issuing."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.foundation.access.decorators import needs
from kefu.foundation.ui.http import act, now, page
from kefu.requisitions import actions, queries
from kefu.requisitions.choices import PackingPoint, PickFault, State
from kefu.requisitions.forms import MissForm, ParcelForm, ScanForm
from kefu.requisitions.models import Requisition
from kefu.requisitions.views.reaching import KEEP, address, again, does, may, reached
from kefu.requisitions.views.requisitions import show_page
from kefu.stock.models import Reservation
from kefu.stock.views.places import person


def _picking(one: Requisition) -> str:
    return reverse("requisitions:picking", args=[one.pk])


def _page(request: HttpRequest, one: Requisition, form: ScanForm | None = None) -> HttpResponse:
    rows, at = queries.pick_rows(one), now(request)
    ticks = {tick.point: tick for tick in one.ticks.select_related("by")}
    left = [row for row in rows if not row.done]
    context = {
        "requisition": one,
        "rows": rows,
        "left": len(left),
        "missing": sum(queries.missing(one, rows).values()) if one.state == State.APPROVED else 0,
        "points": [(point, ticks.get(point)) for point in queries.packing_points(one, rows, at)],
        "parcels": one.parcels.select_related("by").order_by("pk"),
        "may": may(person(request), one),
        "form": form or ScanForm(initial={"packs": left[0].reservation.packs} if left else None),
        "miss_form": MissForm(auto_id="miss_%s"),
        "parcel_form": ParcelForm(auto_id="parcel_%s"),
    }
    return page(request, "requisitions/picking.html", context)


@needs(*KEEP)
@require_http_methods(["GET", "POST"])
def picking(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The pick list; each scan is checked against it (STK-005)."""
    one = reached(request, pk)
    if request.method == "GET":
        return _page(request, one)
    form = ScanForm(request.POST)
    if not form.is_valid():
        return again(_page(request, one, form))
    return act(
        request,
        lambda: actions.confirm_pick(requisition=one, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("核对无误，已拣"),
        to=_picking(one),
        form=form,
        render=lambda: _page(request, one, form),
    )


@needs(*KEEP)
@require_POST
def miss(request: HttpRequest, pk: int, row: int) -> HttpResponseBase:
    """Packs that are not at their place, or not fit to go."""
    one, form = reached(request, pk), MissForm(request.POST)
    reservation = get_object_or_404(Reservation, pk=row, subject_kind=queries.KIND, subject_id=one.pk)
    if not form.is_valid():
        return again(_page(request, one))
    given = form.cleaned_data | {"fault": PickFault(form.cleaned_data["fault"])}
    return does(
        request, one, lambda: actions.report_miss(requisition=one, reservation=reservation, **given, by=person(request), at=now(request)),
        _("已报缺，能补的已补留"), _picking(one),
    )  # fmt: skip


@needs(*KEEP)
@require_POST
def refill(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Set aside anew what is set aside no longer."""
    one = reached(request, pk)
    return does(
        request,
        one,
        lambda: actions.refill(requisition=one, by=person(request), at=now(request)),
        _("已补留"),
        _picking(one),
    )


@needs(*KEEP)
@require_POST
def packing(request: HttpRequest, pk: int, point: str) -> HttpResponseBase:
    """A point of the checklist was looked at (STK-007)."""
    one = reached(request, pk)
    if point not in PackingPoint.values:
        return does(request, one, lambda: None, "", _picking(one))
    return does(request, one, lambda: actions.tick_packing(requisition=one, point=PackingPoint(point), by=person(request), at=now(request)), _("已核对"), _picking(one))  # fmt: skip


@needs(*KEEP)
@require_POST
def parcel(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Who carries it, under which number."""
    one, form = reached(request, pk), ParcelForm(request.POST, auto_id="parcel_%s")

    def render() -> HttpResponse:
        return show_page(request, one, parcel_form=form)

    if not form.is_valid():
        return again(render())
    return act(
        request, lambda: actions.add_parcel(requisition=one, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("运单已记下"), to=_picking(one) if one.state == State.APPROVED else address(one), form=form, render=render,
    )  # fmt: skip


@needs(*KEEP)
@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The goods leave, with an issue slip (STK-006)."""
    one = reached(request, pk)
    return act(
        request, lambda: actions.issue_goods(requisition=one, by=person(request), at=now(request)),
        success=lambda sent: _("已发出，出库单 %(number)s") % {"number": sent.slip.number if sent.slip else ""}, to=address(one),
    )  # fmt: skip
