"""Recalled lots: calling back, where they lie, who got of them and who was told, lifting."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.customers.models import Customer
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.kernel.ids import parse_number
from kefu.stock import actions, queries
from kefu.stock.models import Lot, Recall
from kefu.stock.permissions import StockPermission
from kefu.stock.recall_forms import LiftForm, RecallForm
from kefu.stock.views.places import person, unprocessable

VIEW = (StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)


@needs(*VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The recalls within reach, newest first."""
    user = person(request)
    keyset = Keyset(queries.recalls_listed(user, {}, now(request)), order=("-id",), cursor=request.GET.get("after"))
    context = {"keyset": keyset, "may_recall": allowed(user, StockPermission.LOT_RECALL)}
    context["export_url"] = export_url(request, "stock.recalls")
    return page(request, "stock/recalls.html", context, partial="rows")


@needs(StockPermission.LOT_RECALL)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Call a lot back."""
    if request.method == "GET":
        lot = Lot.objects.filter(pk=parse_number(request.GET.get("lot")) or 0).first()
        start = {"product": lot.product_id, "lot": lot.code} if lot else None
        return page(request, "stock/recall_new.html", {"form": RecallForm(initial=start)})
    form = RecallForm(request.POST)

    def again() -> HttpResponse:
        return page(request, "stock/recall_new.html", {"form": form})

    if not form.is_valid():
        return unprocessable(again())
    given = form.cleaned_data
    return act(
        request,
        lambda: actions.recall(
            lot=given["found"], reason=given["reason"], reference=given["reference"], by=person(request), at=now(request)
        ),
        success=_("已召回，各库房都不能再出库"),
        to=lambda made: reverse("stock:recall", args=[made.pk]),
        form=form,
        render=again,
    )  # fmt: skip


def _recall(request: HttpRequest, pk: int) -> Recall:
    rows = Recall.objects.visible_to(person(request)).select_related("lot__product", "by", "lifted_by")
    return get_object_or_404(rows, pk=pk)


def _page(request: HttpRequest, recall: Recall, form: LiftForm | None = None) -> HttpResponse:
    user, asked = person(request), {"recall": str(recall.pk)}
    lines = queries.recipients_listed(user, asked, now(request))
    open_now = recall.lifted_at is None
    context = {
        "recall": recall,
        "lying": queries.lying_of(recall, user),
        "keyset": Keyset(lines, order=("-id",), cursor=request.GET.get("after")),
        "telling": set(
            Customer.objects.visible_to(user, StockPermission.RECALL_TELL)
            .filter(pk__in=queries.still_with(recall).values("slip__customer"))
            .values_list("pk", flat=True)
        )
        if open_now and allowed(user, StockPermission.RECALL_TELL)
        else set(),
        "form": (form or LiftForm()) if open_now and allowed(user, StockPermission.RECALL_LIFT) else None,
        "export_url": export_url(request, "stock.recipients", recall=str(recall.pk)),
    }
    return page(request, "stock/recall.html", context, partial="rows")


@needs(*VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A recall: where the lot lies, who got of it, who was told."""
    return _page(request, _recall(request, pk))


@needs(StockPermission.RECALL_LIFT)
@require_POST
def lift(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The lot is good after all."""
    recall, form = _recall(request, pk), LiftForm(request.POST)
    if not form.is_valid():
        return unprocessable(_page(request, recall, form))
    return act(
        request,
        lambda: actions.lift_recall(recall=recall, **form.cleaned_data, by=person(request), at=now(request)),
        success=_("召回已解除"),
        to=reverse("stock:recall", args=[recall.pk]),
        form=form,
        render=lambda: _page(request, recall, form),
    )


@needs(StockPermission.RECALL_TELL)
@require_POST
def told(request: HttpRequest, pk: int, customer_id: int) -> HttpResponseBase:
    """A customer was told."""
    recall, user = _recall(request, pk), person(request)
    customer = get_object_or_404(Customer.objects.visible_to(user, StockPermission.RECALL_TELL), pk=customer_id)
    note = request.POST.get("note", "")[:200]
    return act(
        request,
        lambda: actions.customer_told(recall=recall, customer=customer, note=note, by=user, at=now(request)),
        success=_("已记下通知结果"),
        to=reverse("stock:recall", args=[recall.pk]),
    )
