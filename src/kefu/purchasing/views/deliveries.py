"""Deliveries: registering, counting by two, allowing more, booking in (STK-003, STK-004)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.exchange.lists import export_url
from kefu.foundation.ui.http import Keyset, act, now, page
from kefu.kernel.errors import Invalid
from kefu.products.models import Product
from kefu.purchasing import actions, queries
from kefu.purchasing.choices import DeliveryState, Side
from kefu.purchasing.documents import PAPERS
from kefu.purchasing.forms import AllowForm, DeliveryForm
from kefu.purchasing.models import Delivery, Supplier
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.views.counting import confirm, sheet_of, side_of, with_what_was_scanned
from kefu.purchasing.views.places import ARRIVING, central_for, needed, person, unprocessable, way

ACT, COUNT = PurchasingPermission.PLAN_ACT, PurchasingPermission.COUNT


@needs(*ARRIVING)
@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """The deliveries within reach, newest first."""
    user, state = person(request), request.GET.get("state", "")
    rows = queries.deliveries_listed(user, {"state": state}, now(request))
    keyset = Keyset(rows, order=("-id",), cursor=request.GET.get("after"))
    context = {
        "keyset": keyset, "way": way(user, "deliveries"), "may_count": central_for(user, COUNT) is not None,
        "states": [{"url": "?", "label": _("全部"), "pressed": not state}, *(
            {"url": f"?state={one.value}", "label": one.label, "pressed": state == one} for one in DeliveryState
        )],
        "export_url": export_url(request, "purchasing.deliveries"),
    }  # fmt: skip
    return page(request, "purchasing/deliveries.html", context, partial="rows")


@needs(COUNT)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """Goods are at the gate."""
    user, at = person(request), now(request)
    warehouse = needed(user, COUNT)
    suppliers = Supplier.objects.filter(active=True)
    choices = {
        "orders": queries.open_orders(user).filter(warehouse=warehouse),
        "suppliers": suppliers.select_related("institution").order_by("pk"),
    }
    first = {"arrived_on": timezone.localdate(at), "order": request.GET.get("order", "")}
    form = DeliveryForm(request.POST or None, initial=first, **choices)

    def again() -> HttpResponse:
        return page(request, "purchasing/delivery_new.html", {"form": form, "warehouse": warehouse})

    if request.method == "GET":
        return again()
    if not form.is_valid():
        return unprocessable(again())
    return act(
        request,
        lambda: actions.register_delivery(warehouse=warehouse, **form.cleaned_data, by=user, at=at),
        success=_("到货已登记，请两个人各自点收"), to=lambda made: _url(made), form=form, render=again,
    )  # fmt: skip


def _url(delivery: Delivery) -> str:
    return reverse("purchasing:delivery", args=[delivery.pk])


def _delivery(request: HttpRequest, pk: int) -> Delivery:
    rows = queries.deliveries_listed(person(request), {}, now(request))
    return get_object_or_404(rows.select_related("order__supplier", "warehouse__node"), pk=pk)


def _page(request: HttpRequest, delivery: Delivery, sheet: object = None) -> HttpResponse:
    user, counts, node = person(request), queries.latest_counts(delivery), delivery.warehouse.node_id
    counting, both = delivery.state == DeliveryState.COUNTING, len(counts) == len(Side)
    side = side_of(user, delivery, counts) if counting else None
    differing, keeper = queries.differing(counts), counts.get(Side.KEEPER)
    over = queries.beyond(delivery, keeper) if counting and both and keeper else {}
    agreed = both and not differing
    products = Product.objects.in_bulk({one.product_id for one in differing})
    keeps = allowed(user, delivery.warehouse.keep_permission, node_id=node)
    context = {
        "delivery": delivery, "sides": [(one.label, counts.get(one)) for one in Side], "both": both, "over": over, "side": side,
        "differing": [(products[one.product_id], one) for one in differing] if counting else [],
        "formset": (sheet or sheet_of(delivery, counts, side)) if side else None,
        "may_book": counting and agreed and keeps and not over and allowed(user, COUNT, node_id=node),
        "may_allow": bool(over) and allowed(user, ACT, node_id=node),
        "may_drop": counting and allowed(user, COUNT, node_id=node), "papers": PAPERS,
        "may_open": allowed(user, delivery.warehouse.view_permission, node_id=node),
        "allowances": delivery.allowances.select_related("product", "by").order_by("pk"),
        "lines": keeper.lines.all() if keeper and agreed else (),
    }  # fmt: skip
    return page(request, "purchasing/delivery.html", context)


@needs(*ARRIVING)
@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A delivery: one's own sheet to count, where the two differ, or what was booked in."""
    return _page(request, _delivery(request, pk))


@needs(COUNT)
@require_POST
def count(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Keep what one counted; a scan or another line only fills the sheet."""
    one = _delivery(request, pk)
    if "scan" in request.POST or "more" in request.POST:
        return _page(request, one, with_what_was_scanned(request, one))
    return confirm(request, one, to=_url(one), again=lambda sheet: _page(request, one, sheet))


@needs(ACT)
@require_POST
def allow(request: HttpRequest, pk: int, product_id: int) -> HttpResponseBase:
    """Let in more of a product than was ordered."""
    one = _delivery(request, pk)
    product = get_object_or_404(Product, pk=product_id)
    form = AllowForm(request.POST)

    def write() -> object:
        if not form.is_valid():
            name, said = next(iter(form.errors.items()))
            raise Invalid.one(name, "invalid", said[0])
        return actions.allow_more(
            delivery=one, product=product, **form.cleaned_data, by=person(request), at=now(request)
        )

    return act(request, write, success=_("已同意多收"), to=_url(one))


@needs(COUNT)
@require_POST
def book(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Book in what both counted the same."""
    one = _delivery(request, pk)
    return act(
        request,
        lambda: actions.book_delivery(delivery=one, by=person(request), at=now(request)),
        success=lambda made: _("已入库，入库单 %(number)s") % {"number": made.receipt.number},
        to=_url(one),
    )


@needs(COUNT)
@require_POST
def drop(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Nothing of it is let in."""
    one, reason = _delivery(request, pk), request.POST.get("reason", "")[:200]
    return act(
        request,
        lambda: actions.drop_delivery(delivery=one, reason=reason, by=person(request), at=now(request)),
        success=_("到货单已作废"), to=_url(one),
    )  # fmt: skip
