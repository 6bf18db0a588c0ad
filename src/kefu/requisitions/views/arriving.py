"""At the receiving warehouse: two people count; what is short is settled."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from kefu.foundation.access.decorators import needs
from kefu.foundation.ui.http import act, now, page
from kefu.requisitions import actions
from kefu.requisitions.choices import Outcome, State
from kefu.requisitions.forms import JUNK, SettleForm, numbers_in
from kefu.requisitions.models import Requisition, Settlement
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.views.reaching import KEEP, address, again, does, may, reached
from kefu.requisitions.views.requisitions import show_page
from kefu.stock.views.places import person


def _page(request: HttpRequest, one: Requisition) -> HttpResponse:
    good, broken = numbers_in(request.POST, "good"), numbers_in(request.POST, "broken")
    last = one.counts.select_related("by").order_by("-pk").first()
    context = {
        "requisition": one,
        "rows": [
            (line, good.get(line.pk, ""), broken.get(line.pk, ""))
            for line in one.shipped.select_related("lot__product")
        ],
        "last": last,
        "mine": last is not None and last.by_id == person(request).pk,
        "rounds": one.counts.count(),
        "may": may(person(request), one),
    }
    return page(request, "requisitions/arrival.html", context)


@needs(RequisitionPermission.DRAFT)
@require_http_methods(["GET", "POST"])
def arrival(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Count what arrived without seeing the other's count."""
    one = reached(request, pk)
    if request.method == "GET":
        return _page(request, one)
    good, broken = numbers_in(request.POST, "good"), numbers_in(request.POST, "broken")
    counted = {line: (good.get(line, JUNK), broken.get(line, 0)) for line in one.shipped.values_list("pk", flat=True)}
    return act(
        request, lambda: actions.count_arrival(requisition=one, counted=counted, by=person(request), at=now(request)),
        success=_said, to=address(one), render=lambda: _page(request, one),
    )  # fmt: skip


def _said(after: Requisition) -> object:
    if after.state == State.RECEIVED:
        return _("两人点数一致，已入库")
    if after.state == State.DIFFERENCE:
        return _("两人点数一致，已入库；少的 %(packs)s 件请当天处理") % {"packs": after.open_packs}
    if after.counts.count() > 1:
        return _("和另一位点的不一样，都记下了，请两个人重新点")
    return _("已记下，请另一位同事再点一遍")


@needs(*KEEP, RequisitionPermission.FIGURES_CHECK)
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Say what became of short packs."""
    one = reached(request, pk)
    form = SettleForm(request.POST, lines=one.shipped.select_related("lot__product"), auto_id="settle_%s")

    def render() -> HttpResponse:
        return show_page(request, one, settle_form=form)

    if not form.is_valid():
        return again(render())
    given = form.cleaned_data | {"outcome": Outcome(form.cleaned_data["outcome"])}
    return act(
        request, lambda: actions.settle(**given, by=person(request), at=now(request)), success=_("差异处理已记下"),
        to=address(one), form=form, render=render,
    )  # fmt: skip


@needs(*KEEP, RequisitionPermission.FIGURES_CHECK)
@require_POST
def consent(request: HttpRequest, pk: int, settlement: int) -> HttpResponseBase:
    """One more side agrees that packs are lost."""
    one = reached(request, pk)
    row = get_object_or_404(
        Settlement.objects.select_related("line__requisition"), pk=settlement, line__requisition=one
    )
    return does(
        request,
        one,
        lambda: actions.agree_to_loss(settlement=row, by=person(request), at=now(request)),
        _("已同意核销"),
    )


@needs(*KEEP, RequisitionPermission.FIGURES_CHECK)
@require_POST
def drop(request: HttpRequest, pk: int, settlement: int) -> HttpResponseBase:
    """A write-off is taken back."""
    one, reason = reached(request, pk), request.POST.get("reason", "")[:200]
    row = get_object_or_404(
        Settlement.objects.select_related("line__requisition"), pk=settlement, line__requisition=one
    )
    return does(request, one, lambda: actions.drop_loss(settlement=row, reason=reason, by=person(request), at=now(request)), _("核销已撤回"))  # fmt: skip
