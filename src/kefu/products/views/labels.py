"""Pages of the daily look at labels (PRD-013)."""

from __future__ import annotations

from django.http import Http404, HttpResponse, HttpResponseBase
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
from kefu.organisation.models import Node
from kefu.products import actions, queries
from kefu.products.models import Category, MissingLabel
from kefu.products.permissions import ProductsPermission
from kefu.products.price_forms import LabelForm
from kefu.products.views.entries import unprocessable

VIEW, CHECK = ProductsPermission.LABELS_VIEW, ProductsPermission.LABELS_CHECK


def _node(request: StaffRequest, code: str) -> Node | None:
    nodes = list(queries.shelves(request.user))
    if code:
        return next((one for one in nodes if one.code == code), None)
    own = [one for one in nodes if one.pk == request.user.node_id]
    return next(iter(own or nodes), None)


def _url(node: Node) -> str:
    return f"{reverse('products:labels')}?node={node.code}"


@needs(VIEW)
@require_GET
def today(request: StaffRequest) -> HttpResponse:
    """The list of today at a place, who looked at what, and the labels that are missing."""
    node, show = _node(request, request.GET.get("node", "")), request.GET.get("show", "")
    if node is None:
        if request.GET.get("node"):
            raise Http404
        return page(request, "products/labels.html", {"node": None})
    asked = {"node": node.code, "show": show}
    rows = queries.missing_listed(request.user, asked, request.at)
    places = [Option(one.label, f"?node={one.code}", pressed=one == node) for one in queries.shelves(request.user)]
    options = [
        Option(_("还缺的"), f"?node={node.code}", pressed=show != "all"),
        Option(_("连同已补的"), f"?node={node.code}&show=all", pressed=show == "all"),
    ]
    context = {
        "node": node,
        "places": places,
        "options": options,
        "portions": queries.portions(node, timezone.localdate(request.at)),
        "keyset": Keyset(rows, order=("-id",), cursor=request.GET.get("after")),
        "may_check": allowed(request.user, CHECK, node_id=node.pk),
        "export_url": export_url(request, "products.missing_labels", **asked),
    }
    return page(request, "products/labels.html", context, partial="rows")


@needs(CHECK)
@require_http_methods(["GET", "POST"])
def check(request: StaffRequest, node_code: str, category_code: str) -> HttpResponseBase:
    """Look through a category: tick what is missing, nothing ticked says that all is there."""
    node = _node(request, node_code)
    if node is None:
        raise Http404
    category = get_object_or_404(Category, code=category_code)
    products = queries.sellable_products().filter(category=category).order_by("code")
    form = LabelForm(request.POST if request.method == "POST" else None, products=products)

    def again() -> HttpResponse:
        return page(
            request, "products/label_check.html", {"form": form, "node": node, "category": category, "back": _url(node)}
        )

    if request.method == "GET":
        return again()
    if not form.is_valid():
        return unprocessable(again())
    return act(
        request,
        lambda: actions.check_labels(node=node, category=category, missing=form.missing(), by=request.user, at=request.at),
        success=_("这一类已查完"), to=_url(node), form=form, render=again,
    )  # fmt: skip


@needs(CHECK)
@require_POST
def put(request: StaffRequest, pk: int) -> HttpResponseBase:
    """The label hangs again."""
    found = get_object_or_404(MissingLabel.objects.visible_to(request.user).select_related("node"), pk=pk)
    return act(
        request, lambda: actions.put_label(missing=found, by=request.user, at=request.at), success=_("已补上"), to=_url(found.node)
    )  # fmt: skip


@needs(VIEW)
@require_GET
def checks(request: StaffRequest) -> HttpResponse:
    """The checks of the past days, newest first."""
    rows = queries.checks_listed(request.user, request.GET, request.at)
    context = {
        "keyset": Keyset(rows, order=("-id",), cursor=request.GET.get("after")),
        "export_url": export_url(request, "products.label_checks"),
    }
    return page(request, "products/label_checks.html", context, partial="rows")
