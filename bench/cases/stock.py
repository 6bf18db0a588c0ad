"""Six hundred lines leave the warehouse on one slip, each of the lot that expires first."""

from __future__ import annotations

from collections.abc import Sequence

from bench.contests import Case, Contest
from bench.ground import Ground, newly_read, rights_forgotten
from bench.limits.reading import statement
from bench.world.goods import PRODUCTS
from kefu.products.models import Product
from kefu.stock.actions import issue
from kefu.stock.models import IssueSlip
from kefu.testing.cast import AT

PACKS = 2
PURPOSE = "发往其他中心"


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


ALLOCATE = Case("stock.allocate_fefo", "ms per line", 40, prepare, per=PRODUCTS)
