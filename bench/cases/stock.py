"""Six hundred lines leave the warehouse on one slip, each of the lot that expires first; how much there is; one move within the warehouse."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import cycle
from typing import Any

from bench.contests import Case, Contest
from bench.ground import Ground, newly_read, rights_forgotten
from bench.limits import stock_book_move
from bench.limits.reading import statement
from bench.world.goods import PRODUCTS
from kefu.foundation.audit.models import AuditEntry
from kefu.products.models import Product
from kefu.stock.actions import count_lines, issue, move_zone, open_stocktake
from kefu.stock.models import Balance, IssueSlip, Move, Zone
from kefu.stock.queries import Amount, amount, days, overview
from kefu.testing.cast import AT

PACKS = 2
LINES = 1000
PURPOSE = "发往其他中心"
REASON = "腾地方"


def prepare(ground: Ground, calls: int) -> Sequence[Contest]:
    """Both take two packs of each of the six hundred products."""
    keeper = newly_read(ground.chain.cast.keeper)
    products = list(Product.objects.filter(code__startswith="BENCH-").order_by("pk"))
    lines = [(product, PACKS) for product in products]
    warehouse = ground.chain.warehouse
    fefo = statement("stock_allocate_fefo")
    values = {
        "products": [product.pk for product in products], "packs": [PACKS] * len(products), "warehouse": warehouse.pk, "today": AT.date(),
        "purpose": PURPOSE, "by": keeper.pk, "at": AT,
    }  # fmt: skip

    def ours() -> IssueSlip:
        return issue(warehouse=warehouse, lines=lines, purpose=PURPOSE, by=rights_forgotten(keeper), at=AT)

    def limit() -> None:
        with ground.plain.cursor() as cursor:
            cursor.execute(fefo, values | {"number": f"B{ground.fresh_phone()}"})
        ground.plain.commit()

    return [Contest(ours, limit)]


def of_product(ground: Ground, _calls: int) -> Sequence[Contest]:
    """How many packs of each product in turn there are, and how many may leave."""
    products, warehouse = list(Product.objects.filter(code__startswith="BENCH-").order_by("pk")), ground.chain.warehouse
    ours_of, limit_of, by_hand = cycle(products), cycle(products), statement("stock_on_hand_product")

    def ours() -> Amount:
        return amount(next(ours_of), warehouse, AT)

    def limit() -> Any:
        values = {"warehouse": warehouse.pk, "product": next(limit_of).pk, "today": AT.date()}
        return _read(ground, by_hand, values)

    return [Contest(ours, limit)]


def of_warehouse(ground: Ground, _calls: int) -> Sequence[Contest]:
    """The warehouse at a glance."""
    warehouse, by_hand = ground.chain.warehouse, statement("stock_on_hand_warehouse")
    today = days(warehouse, AT)
    urgent, soon = (today.today + timedelta(days=ahead) for ahead in (today.urgent, today.soon))
    values = {"warehouse": warehouse.pk, "today": today.today, "urgent": urgent, "soon": soon}
    return [Contest(lambda: overview(warehouse, AT), lambda: _read(ground, by_hand, values))]


def move(ground: Ground, calls: int) -> Sequence[Contest]:
    """Both move a pack of a product to the quarantine zone: ours of the even products, the limit of the odd ones."""
    keeper, target = newly_read(ground.chain.cast.keeper), Zone.objects.get(code="WH-BJ-Q")
    rows = list(Balance.objects.filter(zone__code="WH-BJ-N", product__code__startswith="BENCH-").order_by("pk"))
    goods, others = cycle(rows[::2]), rows[1::2]

    def ours() -> Balance:
        return move_zone(balance=next(goods), packs=1, zone=target, reason=REASON, by=rights_forgotten(keeper), at=AT)

    def moved(balance: Balance) -> tuple[list[Move], AuditEntry]:
        moved_to = move_zone(balance=balance, packs=1, zone=target, reason=REASON, by=keeper, at=AT)
        entry = AuditEntry.objects.filter(subject_kind="stock.balance", subject_id=balance.pk).latest("pk")
        return [Move.objects.filter(balance=one).latest("pk") for one in (balance, moved_to)], entry

    ready = cycle([moved(balance) for balance in others[:calls]])
    return [Contest(ours, lambda: stock_book_move.write(ground.plain, *next(ready)))]


def count(ground: Ground, _calls: int) -> Sequence[Contest]:
    """A thousand lines of a stocktake are counted at once, each as the book has it."""
    keeper, by_hand = newly_read(ground.chain.cast.keeper), statement("stock_count_1000_lines")
    sheets = [open_stocktake(warehouse=ground.chain.warehouse, by=keeper, at=AT) for _both in range(2)]
    counted, others = (
        dict(sheet.lines.order_by("pk").values_list("pk", "balance__quantity")[:LINES]) for sheet in sheets
    )
    values = {"lines": list(others), "packs": list(others.values()), "by": keeper.pk, "at": AT}

    def ours() -> int:
        return count_lines(stocktake=sheets[0], counted=counted, by=rights_forgotten(keeper), at=AT)

    return [Contest(ours, lambda: _read(ground, by_hand, values))]


def _read(ground: Ground, by_hand: str, values: dict[str, Any]) -> Any:
    with ground.plain.cursor() as cursor:
        found = cursor.execute(by_hand, values).fetchall()
    ground.plain.commit()
    return found


ON_HAND = (
    Case("stock.on_hand.product", "ms per product", 200, of_product),
    Case("stock.on_hand.warehouse", "ms per warehouse", 60, of_warehouse),
)
MOVE = Case("stock.book_move", "ms per move", 150, move)
COUNT = Case("stock.count_1000_lines", "ms per thousand lines", 30, count)
ALLOCATE = Case("stock.allocate_fefo", "ms per line", 40, prepare, per=PRODUCTS)
STOCK = (*ON_HAND, MOVE, ALLOCATE, COUNT)
