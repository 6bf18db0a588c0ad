"""Pages of promotions: planned by one, decided by another (PRD-013)."""

from __future__ import annotations

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, page
from kefu.foundation.ui.inputs import Option
from kefu.products import actions, queries, rules
from kefu.products.choices import PromotionState, Season
from kefu.products.models import Promotion
from kefu.products.permissions import ProductsPermission
from kefu.products.price_forms import DecisionForm, PromotionForm, PromotionLines, offered
from kefu.products.views.entries import unprocessable

VIEW, EDIT = ProductsPermission.CATALOGUE_VIEW, ProductsPermission.CATALOGUE_EDIT


@needs(VIEW)
@require_GET
def listing(request: StaffRequest) -> HttpResponse:
    """Promotions, the latest first, by season."""
    season = request.GET.get("season", "")
    rows = queries.promotions_listed(request.user, request.GET, request.at)
    options = [Option(_("全年"), "?", pressed=not season)]
    options += [Option(one.label, f"?season={one.value}", pressed=season == one.value) for one in Season]
    context = {
        "keyset": Keyset(rows, order=("-id",), cursor=request.GET.get("after")),
        "options": options,
        "may_edit": allowed(request.user, EDIT),
        "export_url": export_url(request, "products.promotions"),
    }
    return page(request, "products/promotions.html", context, partial="rows")


@needs(EDIT)
@require_http_methods(["GET", "POST"])
def new(request: StaffRequest) -> HttpResponseBase:
    """Plan a promotion; next month is proposed."""
    first, after = rules.month_after(timezone.localdate(request.at))
    form = PromotionForm(
        request.POST if request.method == "POST" else None, initial={"starts_on": first, "ends_before": after}
    )
    lines = PromotionLines(request.POST if request.method == "POST" else None, prefix="lines")

    def again() -> HttpResponse:
        season = Season(rules.season_of(first.month)).label
        context = {"form": form, "lines": lines, "back": reverse("products:promotions"), "season": season}
        return page(request, "products/promotion_new.html", context)

    if request.method == "GET":
        return again()
    if not (form.is_valid() and lines.is_valid()):
        return unprocessable(again())
    return act(
        request,
        lambda: actions.plan_promotion(**form.cleaned_data, lines=offered(lines), by=request.user, at=request.at),
        success=_("方案已提交，等另一位同事审批"), to=lambda made: _url(made), form=form, render=again,
    )  # fmt: skip


def _url(promotion: Promotion) -> str:
    return reverse("products:promotion", args=[promotion.pk])


def _promotion(pk: int) -> Promotion:
    return get_object_or_404(Promotion.objects.select_related("node", "by", "decided_by"), pk=pk)


def _page(request: StaffRequest, promotion: Promotion, form: DecisionForm | None = None) -> HttpResponse:
    lines = list(promotion.lines.select_related("product__category"))
    node = promotion.node_id
    usual = queries.prices_on([line.product for line in lines], node, timezone.localdate(request.at))
    planned = promotion.state == PromotionState.PLANNED and allowed(request.user, EDIT)
    context = {
        "promotion": promotion,
        "lines": [(line, usual[line.product_id]) for line in lines],
        "form": form or DecisionForm(),
        "may_decide": planned and promotion.by_id != request.user.pk,
        "may_drop": planned,
    }
    return page(request, "products/promotion.html", context)


@needs(VIEW)
@require_GET
def show(request: StaffRequest, pk: int) -> HttpResponse:
    """A promotion with its prices, and what became of it."""
    return _page(request, _promotion(pk))


@needs(EDIT)
@require_POST
def decision(request: StaffRequest, pk: int) -> HttpResponseBase:
    """Approve, decline or take back: `verb` says which."""
    promotion, form, verb = _promotion(pk), DecisionForm(request.POST), request.POST.get("verb", "")
    if not form.is_valid() or verb not in ("approve", "decline", "drop"):
        return unprocessable(_page(request, promotion, form))
    words = form.cleaned_data["decision"]

    def decide() -> Promotion:
        if verb == "drop":
            return actions.drop_promotion(promotion=promotion, reason=words, by=request.user, at=request.at)
        approve = verb == "approve"
        return actions.decide_promotion(
            promotion=promotion, approve=approve, decision=words, by=request.user, at=request.at
        )

    return act(
        request, decide, success=lambda made: made.get_state_display(), to=_url(promotion), form=form,
        render=lambda: _page(request, _promotion(pk), form),
    )  # fmt: skip
