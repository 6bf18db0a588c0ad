"""The list of a warehouse: products with their lots in the order of leaving."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.products.queries import found
from kefu.stock import rules
from kefu.stock.models import Balance, IssueSlip, Move, Warehouse
from kefu.stock.queries.amounts import by_turn, may_leave, moves_of
from kefu.stock.queries.expiry import Days, SlowLot, band_column, days, per_day, slow_lots


@dataclass(frozen=True)
class LotRow:
    """A balance as it is listed: how near its end, and its place in the order of leaving (None: it may not leave)."""

    balance: Balance
    band: rules.BandCode
    days_left: int | None
    turn: int | None


@dataclass(frozen=True)
class ProductRow:
    """A product in a warehouse with its lots in their order of leaving."""

    product: Product
    quantity: int
    available: int
    per_day: Decimal
    lots: tuple[LotRow, ...]

    @property
    def days_covered(self) -> int | None:
        """How many days the available packs last at the recent pace; None when nothing left lately."""
        return int(self.available / self.per_day) if self.per_day else None

    @property
    def below_reorder_point(self) -> bool:
        """Whether less is available than the product's safety stock."""
        return self.product.reorder_point is not None and self.available < self.product.reorder_point


def balances(
    warehouse: Warehouse, at: datetime, *, band: str = "", quality: str = "", zone: str = ""
) -> QuerySet[Balance]:
    """What lies in a warehouse, narrowed to a band of expiry, a state (`held`: any but good) or a zone's code."""
    rows = Balance.objects.filter(warehouse=warehouse).lying()
    if band:
        rows = rows.alias(band=band_column(days(warehouse, at))).filter(band=band)
    if quality:
        rows = rows.exclude(quality="good") if quality == "held" else rows.filter(quality=quality)
    return rows.filter(zone__code=zone) if zone else rows


def lots_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[Balance]:
    """The lots of a warehouse within reach as its page lists them: by band, state, zone and text."""
    warehouse = Warehouse.objects.visible_to(user).filter(code=asked.get("warehouse", "")).first()
    if warehouse is None:
        return Balance.objects.none()
    rows = balances(
        warehouse, at, band=asked.get("band", ""), quality=asked.get("quality", ""), zone=asked.get("zone", "")
    )
    rows = rows.filter(product__in=products_in(rows, asked.get("q", "")).order_by().values("pk"))
    named = rows.select_related("product__storage", "lot", "zone", "warehouse")
    return named.order_by("product__code", "lot__expiry", "lot__code", "pk")


def issues_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[IssueSlip]:
    """The issue slips of a warehouse within reach, newest first."""
    mine = Warehouse.objects.visible_to(user).filter(code=asked.get("warehouse", ""))
    return IssueSlip.objects.filter(warehouse__in=mine).select_related("by", "customer", "warehouse").order_by("-id")


def moves_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Move]:
    """The moves of a product (`product`) in the warehouses within reach, newest first."""
    product = Product.objects.filter(code=asked.get("product", "")).first()
    return moves_of(product, Warehouse.objects.visible_to(user)).order_by("-id") if product else Move.objects.none()


def slow_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[Balance]:
    """The lots of a warehouse within reach that will not be sold in time (STK-014)."""
    warehouse = Warehouse.objects.visible_to(user).filter(code=asked.get("warehouse", "")).first()
    slow = [one.balance.pk for one in slow_lots(warehouse, at)] if warehouse else []
    named = Balance.objects.filter(pk__in=slow).select_related("product", "lot", "zone", "warehouse")
    return named.order_by("lot__expiry", "pk")


def with_leftovers(balances: Sequence[Balance], _user: User, at: datetime) -> Iterable[SlowLot]:
    """Each of these lots of one warehouse with what will be left of it."""
    slow = {one.balance.pk: one for one in slow_lots(balances[0].warehouse, at)} if balances else {}
    return (slow[one.pk] for one in balances if one.pk in slow)


def products_in(rows: QuerySet[Balance], text: str = "") -> QuerySet[Product]:
    """The products of these balances; with a text, found by it or by a lot code beginning with it."""
    mine = rows.filter(product=OuterRef("pk"))
    products = Product.objects.filter(Exists(mine)).select_related("storage", "category")
    if not text.strip():
        return products
    by_lot = Exists(mine.filter(lot__code__istartswith=text.strip()))
    return products.filter(Q(pk__in=found(Product.objects.order_by(), text).values("pk")) | by_lot)


def product_rows(
    warehouse: Warehouse, products: Sequence[Product], rows: QuerySet[Balance], at: datetime
) -> list[ProductRow]:
    """These products with the given balances as their lots. The order of leaving counts all lots, listed or not."""
    today = days(warehouse, at)
    everything = Balance.objects.filter(warehouse=warehouse, product__in=products).lying()
    by_product: dict[int, list[Balance]] = {product.pk: [] for product in products}
    for balance in everything.select_related("lot", "zone", "product").order_by("pk"):
        by_product[balance.product_id].append(balance)
    shown = set(rows.filter(product__in=products).values_list("pk", flat=True))
    pace = per_day(warehouse, products, at)
    return [
        _row(product, by_product[product.pk], shown, today, pace.get(product.pk, Decimal(0))) for product in products
    ]


def _row(product: Product, held: list[Balance], shown: set[int], today: Days, pace: Decimal) -> ProductRow:
    ordered = by_turn(held, product)
    free = [balance for balance in ordered if may_leave(balance, today.today)]
    turns = {lot_id: turn for turn, lot_id in enumerate(dict.fromkeys(balance.lot_id for balance in free), 1)}
    lots = tuple(
        LotRow(
            balance,
            today.band(balance.lot.expiry),
            today.left(balance.lot.expiry),
            turns[balance.lot_id] if may_leave(balance, today.today) else None,
        )
        for balance in ordered
        if balance.pk in shown
    )
    return ProductRow(product, _packs(held), sum(balance.free for balance in free), pace, lots)


def _packs(held: list[Balance]) -> int:
    return sum(balance.quantity for balance in held)
