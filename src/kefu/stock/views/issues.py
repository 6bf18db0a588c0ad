"""Handing goods out over the keeper's counter, the issue slips, and what comes back."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.decorators import needs
from kefu.foundation.audit.trail import Subject
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.models import Print
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.stock.actions import give_back, issue
from kefu.stock.choices import Quality
from kefu.stock.documents import ISSUE_SLIP
from kefu.stock.forms import IssueForm, IssueFormSet, ReturnForm, filled, with_one_more
from kefu.stock.models import IssueSlip, Lot, Warehouse
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import issues_listed, propose
from kefu.stock.views.places import may_keep, needed, person, unprocessable

KEEP = (StockPermission.BRANCH_KEEP, StockPermission.CENTRAL_KEEP)
VIEW = (StockPermission.BRANCH_VIEW, StockPermission.CENTRAL_VIEW)


@needs(*KEEP)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Enter what is wanted, see which lots are proposed, hand them out (STK-005)."""
    warehouse = needed(request)
    if request.method == "GET":
        return _form(request, warehouse, IssueForm(), IssueFormSet())
    more, look = "more" in request.POST, "look" in request.POST
    form, lines = IssueForm(request.POST), IssueFormSet(with_one_more(request.POST) if more else request.POST)
    if more:
        return _form(request, warehouse, form, lines)
    if look and lines.is_valid():
        return _form(request, warehouse, form, lines, proposed=_proposed(request, warehouse, lines))
    if not (form.is_valid() & lines.is_valid()):
        return unprocessable(_form(request, warehouse, form, lines))
    entered = filled(lines)
    picks = [pick for line in entered if (pick := line.pick())]
    plain = [(line.cleaned_data["product"], line.cleaned_data["packs"]) for line in entered if line.pick() is None]
    return act(
        request,
        lambda: issue(
            warehouse=warehouse, lines=plain, picks=picks, purpose=form.cleaned_data["purpose"], by=person(request),
            at=now(request),
        ),
        success=lambda slip: _("已出库，出库单 %(number)s") % {"number": slip.number},
        to=lambda slip: reverse("stock:issue", args=[slip.pk]),
        form=form,
        render=lambda: _form(request, warehouse, form, lines),
    )  # fmt: skip


def _proposed(request: HttpRequest, warehouse: Warehouse, lines: Any) -> list[dict[str, object]]:
    wanted: dict[Any, int] = {}
    for line in filled(lines):
        product = line.cleaned_data["product"]
        wanted[product] = wanted.get(product, 0) + line.cleaned_data["packs"]
    takes = propose(warehouse, list(wanted.items()), now(request))
    lots = Lot.objects.in_bulk([take.shelf.lot_id for chosen in takes.values() for take in chosen])
    return [
        {
            "product": product,
            "wanted": packs,
            "takes": [(lots[take.shelf.lot_id], take.packs) for take in takes[product.pk]],
            "short": packs - sum(take.packs for take in takes[product.pk]),
        }
        for product, packs in wanted.items()
    ]


def _form(request: HttpRequest, warehouse: Warehouse, form: IssueForm, lines: Any, **more: object) -> HttpResponse:
    return page(request, "stock/pick.html", {"warehouse": warehouse, "form": form, "formset": lines} | more)


@needs(*VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """A warehouse's issue slips, newest first."""
    warehouse = needed(request)
    slips = issues_listed(person(request), {"warehouse": warehouse.code}, now(request))
    keyset = Keyset(slips, order=("-id",), cursor=request.GET.get("after"))
    context = {"warehouse": warehouse, "keyset": keyset, "may_keep": may_keep(person(request), warehouse)}
    context["export_url"] = export_url(request, "stock.issues", warehouse=warehouse.code)
    return page(request, "stock/issues.html", context, partial="rows")


def _slip(request: HttpRequest, pk: int) -> IssueSlip:
    slips = IssueSlip.objects.filter(warehouse__in=Warehouse.objects.visible_to(person(request)))
    return get_object_or_404(slips.select_related("warehouse__node", "by", "customer"), pk=pk)


def _page(request: HttpRequest, slip: IssueSlip, form: ReturnForm | None = None) -> HttpResponse:
    lines = list(slip.lines.select_related("lot__product", "balance__zone").order_by("pk"))
    keeps = may_keep(person(request), slip.warehouse)
    context = {
        "slip": slip,
        "lines": lines,
        "prints": Print.objects.filter(document=ISSUE_SLIP, subject_id=slip.pk)
        .select_related("by")
        .order_by("-pk")[:5],
        "form": form or (ReturnForm(lines=lines) if keeps and any(one.packs > one.returned for one in lines) else None),
        "may_keep": keeps,
    }
    return page(request, "stock/issue.html", context)


@needs(*VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """An issue slip with its detail list."""
    return _page(request, _slip(request, pk))


@needs(*KEEP)
@require_POST
def giving_back(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Goods of a slip come back."""
    slip = _slip(request, pk)
    form = ReturnForm(request.POST, lines=slip.lines.select_related("lot__product").order_by("pk"))
    if not form.is_valid():
        return unprocessable(_page(request, slip, form))
    given = form.cleaned_data
    return act(
        request,
        lambda: give_back(
            slip=slip, reason=given["reason"], packs=form.packs(), quality=Quality(given["quality"]),
            by=person(request), at=now(request),
        ),
        success=_("已退回库房"),
        to=reverse("stock:issue", args=[slip.pk]),
        form=form,
        render=lambda: _page(request, slip, form),
    )  # fmt: skip


@needs(*VIEW)
@require_POST
def printout(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Print the issue slip with its detail list (STK-006, RPT-008)."""
    slip = _slip(request, pk)
    subject = Subject(ISSUE_SLIP, slip.pk)
    return act(
        request,
        lambda: print_document(
            code=ISSUE_SLIP, subject=subject, customer_id=slip.customer_id, by=person(request), at=now(request)
        ),
        to=lambda made: reverse("printing:show", args=[made.pk]),
    )
