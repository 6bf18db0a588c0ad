"""What is near its end, and what will be left over (STK-014)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Sum, Value, When
from django.utils import timezone

from kefu.products.models import Product
from kefu.stock import rules
from kefu.stock.choices import Band, MoveKind, Quality
from kefu.stock.limits import EXPIRY_SOON, EXPIRY_URGENT, USAGE_WINDOW
from kefu.stock.models import Balance, LotCheck, Move, Warehouse
from kefu.stock.queries.amounts import by_turn


@dataclass(frozen=True)
class Days:
    """Today and the days until expiry that count as urgent and as soon, in one warehouse."""

    today: date
    urgent: int
    soon: int

    def band(self, expiry: date | None) -> rules.BandCode:
        """How near an expiry is."""
        return rules.band(expiry, self.today, self.urgent, self.soon)

    def left(self, expiry: date | None) -> int | None:
        """Days until an expiry; negative when it is past, None without one."""
        return None if expiry is None else (expiry - self.today).days


@dataclass(frozen=True)
class Overview:
    """A warehouse at a glance: packs and lots by band of expiry, lots that are not good, products."""

    packs: dict[str, int]
    lots: dict[str, int]
    held: int
    products: int

    @property
    def all_lots(self) -> int:
        """Lots of every band."""
        return sum(self.lots.values())


@dataclass(frozen=True)
class SlowLot:
    """A lot near its expiry of which packs will be left over at the recent pace, and when somebody last looked at it."""

    balance: Balance
    band: rules.BandCode
    days_left: int
    left_over: int
    checked_at: datetime | None = None


def days(warehouse: Warehouse, at: datetime) -> Days:
    """The limits for expiry that count in a warehouse today."""
    node = warehouse.node_id
    return Days(timezone.localdate(at), EXPIRY_URGENT.on(at, node_id=node), EXPIRY_SOON.on(at, node_id=node))


def band_column(today: Days) -> Case:
    """The band of a balance as a column, the same as `Days.band`."""
    urgent, soon = (today.today + timedelta(days=ahead) for ahead in (today.urgent, today.soon))
    return Case(
        When(lot__expiry__isnull=True, then=Value(Band.UNDATED.value)),
        When(lot__expiry__lt=today.today, then=Value(Band.EXPIRED.value)),
        When(lot__expiry__lte=urgent, then=Value(Band.URGENT.value)),
        When(lot__expiry__lte=soon, then=Value(Band.SOON.value)),
        default=Value(Band.LATER.value),
        output_field=CharField(),
    )


def overview(warehouse: Warehouse, at: datetime) -> Overview:
    """What lies in a warehouse at a glance, in two queries beside its limits."""
    rows = Balance.objects.filter(warehouse=warehouse).lying()
    by_band = rows.annotate(band=band_column(days(warehouse, at))).values_list("band")
    counted = {
        code: (packs, lots) for code, packs, lots in by_band.annotate(Sum("quantity"), Count("lot", distinct=True))
    }
    told = rows.aggregate(held=Count("pk", filter=~Q(quality=Quality.GOOD)), products=Count("product", distinct=True))
    return Overview(
        packs={code: counted.get(code, (0, 0))[0] for code in Band.values},
        lots={code: counted.get(code, (0, 0))[1] for code in Band.values},
        held=told["held"],
        products=told["products"],
    )


def per_day(warehouse: Warehouse, products: Sequence[Product], at: datetime) -> dict[int, Decimal]:
    """Packs that left a day, less what came back, over the recent window, by product id."""
    window = USAGE_WINDOW.on(at, node_id=warehouse.node_id)
    moves = Move.objects.filter(
        balance__in=Balance.objects.filter(warehouse=warehouse, product__in=products),
        kind__in=(MoveKind.ISSUE, MoveKind.RETURN),
        at__gt=at - timedelta(days=window),
    )
    sums = moves.order_by().values_list("balance__product_id").annotate(packs=Sum("quantity"))
    return {product_id: (Decimal(-packs) / window).quantize(Decimal("0.1")) for product_id, packs in sums if packs < 0}


def slow_lots(warehouse: Warehouse, at: datetime) -> list[SlowLot]:
    """Good lots that expire soon and will not be used up in time at the recent pace, nearest expiry first (STK-014)."""
    today = days(warehouse, at)
    good = Balance.objects.filter(warehouse=warehouse, lot__expiry__isnull=False).pickable(today.today)
    near = good.filter(product=OuterRef("pk"), lot__expiry__lte=today.today + timedelta(days=today.soon))
    products = list(Product.objects.filter(Exists(near)))
    pace = per_day(warehouse, products, at)
    held = list(good.filter(product__in=products).select_related("lot", "zone", "product", "warehouse").order_by("pk"))
    slow: list[SlowLot] = []
    for product in products:
        own = [balance for balance in held if balance.product_id == product.pk]
        slow += _left_over(by_turn(own, product), pace.get(product.pk, Decimal(0)), today)
    return _with_checks(sorted(slow, key=lambda one: (one.days_left, one.balance.pk)), warehouse)


def _left_over(own: list[Balance], pace: Decimal, today: Days) -> list[SlowLot]:
    ends = [today.left(balance.lot.expiry) or 0 for balance in own]
    left = rules.left_at_expiry([(one.quantity, end) for one, end in zip(own, ends, strict=True)], pace)
    return [
        SlowLot(balance, today.band(balance.lot.expiry), end, lost)
        for balance, end, lost in zip(own, ends, left, strict=True)
        if lost and end <= today.soon
    ]


def _with_checks(slow: list[SlowLot], warehouse: Warehouse) -> list[SlowLot]:
    checks = LotCheck.objects.filter(warehouse=warehouse, lot__in=[one.balance.lot_id for one in slow])
    latest = dict(checks.order_by("at", "pk").values_list("lot_id", "at"))
    return [replace(one, checked_at=latest.get(one.balance.lot_id)) for one in slow]
