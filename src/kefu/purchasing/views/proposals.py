"""Proposals: working them out, changing quantities, asking for what is to be bought (STK-001)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.kernel.errors import Invalid
from kefu.purchasing import actions, queries
from kefu.purchasing.actions import Wanted
from kefu.purchasing.forms import QuantityForm
from kefu.purchasing.models import Proposal, PurchaseRequest
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.views.places import central_for, needed, person, way

VIEW, ACT = PurchasingPermission.PLAN_VIEW, PurchasingPermission.PLAN_ACT
LINES = 200


@needs(VIEW)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The proposals within reach, newest first."""
    user = person(request)
    keyset = Keyset(queries.proposals_listed(user, {}, now(request)), order=("-id",), cursor=request.GET.get("after"))
    context = {
        "keyset": keyset, "way": way(user, "proposals"), "warehouse": central_for(user, ACT),
        "export_url": export_url(request, "purchasing.proposals"),
    }  # fmt: skip
    return page(request, "purchasing/proposals.html", context, partial="rows")


@needs(ACT)
@require_POST
def run(request: HttpRequest) -> HttpResponseBase:
    """Work out what to buy, now."""
    user = person(request)
    return act(
        request,
        lambda: actions.run_proposal(warehouse=needed(user, ACT), by=user, at=now(request)),
        success=_("采购建议已生成"),
        to=lambda made: _url(made),
    )


def _url(proposal: Proposal) -> str:
    return reverse("purchasing:proposal", args=[proposal.pk])


def _proposal(request: HttpRequest, pk: int) -> Proposal:
    return get_object_or_404(queries.proposals_listed(person(request), {}, now(request)), pk=pk)


@needs(VIEW)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """One line per product with its inputs, the proposal, and what was made of it."""
    one, user = _proposal(request, pk), person(request)
    asked = {"proposal": one.number, "show": request.GET.get("show", "")}
    rows = queries.lines_listed(user, asked, now(request))
    keyset = Keyset(rows, order=("id",), size=LINES, cursor=request.GET.get("after"))
    asked_for = queries.asked_for([line.pk for line in keyset.rows])
    may_act = allowed(user, ACT, node_id=one.warehouse.node_id)
    context = {
        "proposal": one, "keyset": keyset, "asked_for": asked_for, "show": asked["show"],
        "may_change": may_act,
        "may_ask": may_act and any(line.quantity and line.supply and line.pk not in asked_for for line in keyset.rows),
        "requests": one.requests.order_by("pk"),
        "export_url": export_url(request, "purchasing.proposal_lines", proposal=one.number),
    }  # fmt: skip
    return page(request, "purchasing/proposal.html", context, partial="rows")


@needs(ACT)
@require_POST
def quantity(request: HttpRequest, pk: int, line_id: int) -> HttpResponseBase:
    """Buy another quantity of a product than proposed."""
    one = _proposal(request, pk)
    line = get_object_or_404(one.lines.select_related("proposal__warehouse", "product"), pk=line_id)
    form = QuantityForm(request.POST)

    def write() -> object:
        if not form.is_valid():
            name, said = next(iter(form.errors.items()))
            raise Invalid.one(name, "invalid", said[0])
        return actions.change_quantity(line=line, **form.cleaned_data, by=person(request), at=now(request))

    return act(request, write, success=_("数量已改，建议数量照旧保留"), to=_url(one))


@needs(ACT)
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Ask leadership for the chosen lines."""
    one = _proposal(request, pk)
    ids = [int(text) for text in request.POST.getlist("line") if text.isdecimal() and len(text) < 19]
    chosen = one.lines.filter(pk__in=ids, quantity__gt=0, supply__isnull=False).order_by("pk")

    def write() -> PurchaseRequest:
        lines = [Wanted(line.supply, line.quantity, line) for line in chosen.select_related("supply") if line.supply]
        reason = request.POST.get("reason", "")[:500]
        return actions.ask_purchase(
            warehouse=one.warehouse, lines=lines, reason=reason, by=person(request), at=now(request)
        )

    return act(
        request, write, success=lambda made: _("采购申请 %(number)s 已提交审批") % {"number": made.number},
        to=lambda made: reverse("purchasing:request", args=[made.pk]),
    )  # fmt: skip
