"""Reads of purchases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import F, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.kernel.errors import Refused
from kefu.kernel.money import total
from kefu.organisation.models import User
from kefu.products.rules.supply import days_of_supply
from kefu.sales.choices import PurchaseState
from kefu.sales.gates import DISPATCH, EXCHANGE
from kefu.sales.models import Purchase, PurchaseLine, Reversal, Shipment, Shortage
from kefu.stock.queries import set_aside

KIND = "sales.purchase"
OPEN = (PurchaseState.PRESCRIBED, PurchaseState.ENTERED, PurchaseState.SIGNED, PurchaseState.PARTLY)


def total_of(purchase: Purchase) -> Decimal:
    """Σ price × packs, in yuan (Annex 4: 3 × 298 + 1 × 560 = 1,454)."""
    return total((line.unit_price, line.quantity) for line in purchase.lines.all())


def purchases_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Purchase]:
    """Purchases within scope as their page shows them, newest first, of one state (`state`)."""
    rows = Purchase.objects.visible_to(user).select_related("customer", "doctor", "node").prefetch_related("lines")
    state = asked.get("state", "")
    return (rows.filter(state=state) if state in PurchaseState.values else rows).order_by("-id")


def locked(purchase: Purchase, *states: PurchaseState) -> Purchase:
    """The purchase's row locked until commit, the customer held before it. Raises Refused `purchase_state` unless it is in one of the states."""
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


def replaced_by(purchase: Purchase) -> Reversal | None:
    """The reversal slip in whose place this was bought, if any."""
    return Reversal.objects.filter(instead=purchase).select_related("purchase").first()


def gate_of(purchase: Purchase, gate: str) -> str:
    """The gate of a step; what is bought in exchange, or is sent anew because a carrier brought it back, passes one of its own, wherever
    the journey stands."""
    return EXCHANGE if replaced_by(purchase) or (gate == DISPATCH and _left_once(purchase)) else gate


def _left_once(purchase: Purchase) -> bool:
    """Whether as many packs have left as were bought: what is open came back undelivered."""
    left = purchase.shipments.aggregate(packs=Sum("slip__lines__packs"))["packs"] or 0
    return bool(left) and left >= sum(line.quantity - line.withdrawn for line in purchase.lines.all())


def latest_open(customer: Customer) -> Purchase | None:
    """The customer's latest purchase that is not finished."""
    return Purchase.objects.filter(customer=customer, state__in=OPEN).order_by("-pk").first()


def reversed_total(purchase: Purchase) -> Decimal:
    """What reversal slips took back of a purchase, in yuan."""
    return total((line.unit_price, line.withdrawn + line.returned) for line in purchase.lines.all())


def shortage_of(purchase: Purchase, lines: Iterable[PurchaseLine]) -> list[tuple[PurchaseLine, int]]:
    """Lines of a signed purchase with open packs for which nothing is set aside, and how many."""
    if purchase.state not in (PurchaseState.SIGNED, PurchaseState.PARTLY):
        return []
    held = set_aside(KIND, [purchase.pk])
    missing = [(line, line.open - held.get((purchase.pk, line.product_id), 0)) for line in lines]
    return [(line, packs) for line, packs in missing if packs > 0]


def short_of(purchases: QuerySet[Purchase]) -> list[Purchase]:
    """Of these signed purchases those with packs open for which nothing is set aside, the oldest first. Two queries."""
    lacking = purchases.filter(state__in=(PurchaseState.SIGNED, PurchaseState.PARTLY)).order_by("signed_at", "pk")
    rows = list(lacking.prefetch_related("lines").select_related("customer"))
    held = set_aside(KIND, [row.pk for row in rows])
    return [row for row in rows if any(line.open > held.get((row.pk, line.product_id), 0) for line in row.lines.all())]


def reversals_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Reversal]:
    """Reversal slips within scope, the newest first."""
    return (
        Reversal.objects.visible_to(user)
        .select_related("purchase__customer", "purchase__node", "instead", "by")
        .order_by("-id")
    )


def shortages_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Shortage]:
    """Shortages of settlement slips within scope, the newest first: those still owed in goods, or all (`all`)."""
    rows = Shortage.objects.visible_to(user).select_related(
        "settlement", "line__purchase__customer", "line__purchase__node", "line__product"
    )
    owed = rows if asked.get("all") else rows.filter(line__quantity__gt=F("line__shipped") + F("line__withdrawn"))
    return owed.order_by("-id")


@dataclass(frozen=True)
class Supply:
    """A product the customer takes, and the day on which it runs out."""

    line: PurchaseLine
    runs_out_on: date


def supplies_of(purchases: Iterable[Purchase]) -> list[Supply]:
    """When the products that customers have run out, for refill follow-ups (PRD-003, FUP-006).

    Counted from the first parcel of a product that stayed, with the packs that left and did not come back; a line whose goods all came
    back is left out.
    """
    chosen = [purchase.pk for purchase in purchases]
    parcels = Shipment.objects.filter(purchase__in=chosen, returned_at__isnull=True).order_by("at", "pk")
    first: dict[tuple[int, int], date] = {}
    for parcel in parcels.prefetch_related("slip__lines__lot"):
        for issued in parcel.slip.lines.all():
            if issued.packs > issued.returned:
                first.setdefault((parcel.purchase_id, issued.lot.product_id), timezone.localdate(parcel.at))
    lines = PurchaseLine.objects.filter(purchase__in=chosen, shipped__gt=F("returned")).select_related(
        "product", "purchase"
    )
    found = []
    for line in lines.order_by("purchase_id", "pk"):
        days = days_of_supply(line.with_customer, line.product.pieces_per_pack, line.intake_per_day)
        since = first.get((line.purchase_id, line.product_id))
        if since and days:
            found.append(Supply(line, since + timedelta(days=days - 1)))
    return found
