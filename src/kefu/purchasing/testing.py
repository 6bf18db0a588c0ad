"""A supplier with goods and prices, and goods on their way, for stories: used by the tests of this module and of those above it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from kefu.organisation.models import User
from kefu.people.choices import Part
from kefu.people.models import Institution, InstitutionRole
from kefu.products.models import Product
from kefu.purchasing.actions import (
    Counted,
    Wanted,
    add_supplier,
    ask_purchase,
    book_delivery,
    count_delivery,
    decide_request,
    register_delivery,
    set_price,
    set_supply,
)
from kefu.purchasing.choices import Side, Verdict
from kefu.purchasing.models import Acceptance, Delivery, PurchaseOrder, Supplier, Supply
from kefu.stock.models import Warehouse

FROM = date(2026, 1, 5)


@dataclass(frozen=True)
class Buyers:
    """Who plans, who approves, who keeps the central warehouse."""

    manager: User
    leader: User
    keeper: User


def supplied(
    *, code: str, name: str, goods: Sequence[tuple[str, str, int, int, str]], by: User, at: datetime, lead_days: int = 14,
    email: str = "sales@maker.example",
) -> Supplier:  # fmt: skip
    """A manufacturer we order from; `goods` as (product code, article, multiple, minimum, price). Needs the shipped catalogue."""
    made = Institution.objects.create(
        code=code, kind="organisation", zh=name, en=name, node=by.node, person_in_charge="示联系人", email=email
    )
    InstitutionRole.objects.create(institution=made, part=Part.MANUFACTURER, valid_from=FROM)
    supplier = add_supplier(institution=made, lead_days=lead_days, by=by, at=at)
    for product, article, multiple, minimum, price in goods:
        supply = set_supply(
            supplier=supplier, product=Product.objects.get(code=product), article=article, multiple=multiple,
            minimum=minimum, by=by, at=at,
        )  # fmt: skip
        set_price(supply=supply, price=Decimal(price), valid_from=FROM, by=by, at=at)
    return supplier


def ordered(
    *, warehouse: Warehouse, packs: dict[str, int], buyers: Buyers, at: datetime, reason: str = "补货"
) -> PurchaseOrder:
    """An order by product code, asked for and approved; of one supplier."""
    supplies = Supply.objects.select_related("supplier__institution", "product").order_by("product__code")
    lines = [Wanted(one, packs[one.product.code]) for one in supplies.filter(product__code__in=packs)]
    request = ask_purchase(warehouse=warehouse, lines=lines, reason=reason, by=buyers.manager, at=at)
    decide_request(request=request, verdict=Verdict.APPROVED, by=buyers.leader, at=at)
    return request.orders.select_related("supplier__institution", "warehouse").get()


def arrived(*, order: PurchaseOrder, by: User, at: datetime) -> Delivery:
    """The goods of an order at the gate."""
    return register_delivery(warehouse=order.warehouse, supplier=order.supplier, order=order, by=by, at=at)


def let_in(*, delivery: Delivery, lines: Sequence[Counted], buyers: Buyers, at: datetime) -> Acceptance:
    """Both count the same, and the keeper books it in."""
    count_delivery(delivery=delivery, side=Side.KEEPER, lines=lines, by=buyers.keeper, at=at)
    count_delivery(delivery=delivery, side=Side.PRODUCT, lines=lines, by=buyers.manager, at=at)
    return book_delivery(delivery=delivery, by=buyers.keeper, at=at)
