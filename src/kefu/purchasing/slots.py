"""What purchasing puts on the pages of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.erasing import Keep, erases
from kefu.customers.subject_data import leave_out
from kefu.foundation.access.checks import allowed
from kefu.foundation.slots.registry import Hit, NavItem, SearchGroup, WorkItem, register, register_work
from kefu.organisation.models import User
from kefu.purchasing.choices import DeliveryState, OrderState, Side
from kefu.purchasing.models import Count, Delivery, PurchaseOrder, PurchaseRequest
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.queries import late
from kefu.stock.permissions import StockPermission

SHOWN = 50
TO_A_MAKER = "an order to a maker sent by mail; no customer stands in it"


def find(user: User, text: str, limit: int) -> list[Hit]:
    """Requests, orders and deliveries by number."""
    orders = PurchaseOrder.objects.visible_to(user).filter(number__istartswith=text)
    hits = [
        Hit(one.number, one.supplier.label, reverse("purchasing:order", args=[one.pk]))
        for one in orders.select_related("supplier__institution").order_by("-pk")[:limit]
    ]
    requests = PurchaseRequest.objects.visible_to(user).filter(number__istartswith=text).order_by("-pk")
    hits += [
        Hit(one.number, one.reason, reverse("purchasing:request", args=[one.pk]))
        for one in requests[: limit - len(hits)]
    ]
    deliveries = Delivery.objects.visible_to(user).filter(number__istartswith=text).order_by("-pk")
    for one in deliveries.select_related("supplier__institution")[: limit - len(hits)]:
        hits.append(Hit(one.number, one.supplier.label, reverse("purchasing:delivery", args=[one.pk])))
    return hits


def requests_to_decide(user: User, _at: datetime) -> Iterable[WorkItem]:
    """For leadership: purchase requests that wait for a decision (STK-002)."""
    if not allowed(user, PurchasingPermission.APPROVE):
        return
    for one in PurchaseRequest.objects.all().waiting_for(user).select_related("by").order_by("at")[:SHOWN]:
        yield WorkItem(
            group="notice", label=_("采购审批"), icon="clipboard-check", verb=_("去审批"), what=f"{one.number} {one.reason}",
            url=reverse("purchasing:request", args=[one.pk]), why=one.by.name, started_at=one.at,
        )  # fmt: skip


def orders_to_chase(user: User, at: datetime) -> Iterable[WorkItem]:
    """For the product department: orders to be sent, and those whose goods are late (STK-002, STK-020)."""
    if not allowed(user, PurchasingPermission.PLAN_ACT):
        return
    mine = PurchaseOrder.objects.visible_to(user).select_related("supplier__institution")
    for one in mine.filter(state=OrderState.TO_SEND).order_by("pk")[:SHOWN]:
        yield _order_item(one, _("采购单"), "send", _("发给厂家"), one.supplier.label)
    waiting = late(mine, timezone.localdate(at)).exclude(state=OrderState.TO_SEND)
    for one in waiting.order_by("expected_on", "pk")[:SHOWN]:
        why = _("%(supplier)s 应在 %(day)s 到货") % {"supplier": one.supplier.label, "day": f"{one.expected_on:%m-%d}"}
        yield _order_item(one, _("采购单逾期"), "alert-triangle", _("去催货"), why)


def deliveries_to_count(user: User, _at: datetime) -> Iterable[WorkItem]:
    """For keeper and product department: deliveries one's own side has not counted, and those the keeper may book in (STK-003)."""
    if not allowed(user, PurchasingPermission.COUNT):
        return
    counts = Count.objects.filter(delivery=OuterRef("pk"))
    sides = {f"by_{side}": Exists(counts.filter(side=side)) for side in Side.values}
    rows = Delivery.objects.visible_to(user).filter(state=DeliveryState.COUNTING).annotate(**sides)
    keeps = allowed(user, StockPermission.CENTRAL_KEEP) or allowed(user, StockPermission.BRANCH_KEEP)
    plans = allowed(user, PurchasingPermission.PLAN_ACT)
    for one in rows.select_related("supplier__institution").order_by("at")[:SHOWN]:
        yield from _delivery_item(one, keeps=keeps, plans=plans)


def _delivery_item(one: Delivery, *, keeps: bool, plans: bool) -> Iterator[WorkItem]:
    keeper, product = getattr(one, "by_keeper"), getattr(one, "by_product")  # noqa: B009  (annotated)
    verb: object = ""
    if (keeps and not keeper) or (plans and not product):
        verb = _("去点收")
    elif keeps and keeper and product:
        verb = _("去入库")
    if verb:
        yield WorkItem(
            group="notice", label=_("到货验收"), icon="package", verb=verb, what=f"{one.number} {one.supplier.label}",
            url=reverse("purchasing:delivery", args=[one.pk]), started_at=one.at,
        )  # fmt: skip


def _order_item(order: PurchaseOrder, label: object, icon: str, verb: object, why: object) -> WorkItem:
    return WorkItem(
        group="notice", label=label, icon=icon, verb=verb, what=order.number, why=str(why), started_at=order.at,
        url=reverse("purchasing:order", args=[order.pk]),
    )  # fmt: skip


register(
    NavItem("goods", 40, _("采购"), "shopping-cart", "purchasing:orders", PurchasingPermission.PLAN_VIEW),
    NavItem("goods", 42, _("采购审批"), "clipboard-check", "purchasing:requests", PurchasingPermission.APPROVE),
    NavItem("goods", 44, _("到货验收"), "package", "purchasing:deliveries", PurchasingPermission.COUNT),
    SearchGroup("purchasing", _("采购单和到货单"), 85, PurchasingPermission.PLAN_VIEW, find),
)
register_work("purchasing.requests", requests_to_decide)
register_work("purchasing.orders", orders_to_chase)
register_work("purchasing.deliveries", deliveries_to_count)
leave_out("purchasing.OrderSending", TO_A_MAKER)
erases("purchasing.OrderSending", "print__customer_id", Keep(TO_A_MAKER))
