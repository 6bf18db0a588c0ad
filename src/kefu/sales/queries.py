"""Reads of purchases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.kernel.errors import Refused
from kefu.kernel.money import total
from kefu.organisation.models import User
from kefu.sales.choices import PurchaseState
from kefu.sales.models import Purchase, PurchaseLine, Shipment

OPEN = (PurchaseState.PRESCRIBED, PurchaseState.ENTERED, PurchaseState.SIGNED)


def total_of(purchase: Purchase) -> Decimal:
    """Σ price × packs, in yuan (Annex 4: 3 × 298 + 1 × 560 = 1,454)."""
    return total((line.unit_price, line.quantity) for line in purchase.lines.all())


def purchases_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Purchase]:
    """Purchases within scope as their page shows them, newest first, of one state (`state`)."""
    rows = Purchase.objects.visible_to(user).select_related("customer", "doctor", "node").prefetch_related("lines")
    state = asked.get("state", "")
    return (rows.filter(state=state) if state in PurchaseState.values else rows).order_by("-id")


def locked(purchase: Purchase, *states: PurchaseState) -> Purchase:
    """The purchase's row locked until commit. Raises Refused `purchase_state` unless it is in one of the states."""
    hold(purchase.customer_id)
    row = (
        Purchase.objects.select_for_update(of=("self",), no_key=True)
        .select_related("customer__node")
        .get(pk=purchase.pk)
    )
    if row.state not in states:
        raise Refused(
            "purchase_state", _("这张购买单现在是“%(state)s”，不能这样办。") % {"state": row.get_state_display()}
        )
    return row


def latest_open(customer: Customer) -> Purchase | None:
    """The customer's latest purchase that is not finished."""
    return Purchase.objects.filter(customer=customer, state__in=OPEN).order_by("-pk").first()


@dataclass(frozen=True)
class Supply:
    """A product the customer takes, and the day on which it runs out."""

    line: PurchaseLine
    runs_out_on: date


def supplies_of(purchases: Iterable[Purchase]) -> list[Supply]:
    """When the products of dispatched purchases run out, for refill follow-ups (PRD-003)."""
    shipments = Shipment.objects.filter(purchase__in=list(purchases), returned_at__isnull=True).prefetch_related(
        "purchase__lines__product"
    )
    return [
        Supply(line, shipment.runs_out_on(line))
        for shipment in shipments
        for line in shipment.purchase.lines.all()
        if line.days_of_supply
    ]


def open_demand(_at: datetime) -> Iterable[tuple[int, int, int]]:
    """Packs that customers have signed for and that did not leave yet, by place and product; nothing of them is set aside."""
    waiting = PurchaseLine.objects.filter(purchase__state=PurchaseState.SIGNED, quantity__gt=0).order_by()
    return waiting.values_list("purchase__node", "product").annotate(packs=Sum("quantity"))
