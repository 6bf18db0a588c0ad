"""Stocktakes, their lines, and how right the book was (STK-009, STK-010)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Q, QuerySet, Sum
from django.db.models.functions import Abs

from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.products.queries import found
from kefu.stock.limits import COUNT_MONEY, COUNT_PACKS
from kefu.stock.models import Stocktake, StocktakeLine
from kefu.stock.rules import count_again

DIFFERING = "differing"


@dataclass(frozen=True)
class CountRow:
    """A line as it may be shown: whether somebody else must count again, in which case its difference stays hidden."""

    line: StocktakeLine
    recount: bool

    @property
    def shown(self) -> int | None:
        """The difference, where it may be seen."""
        return None if self.recount else self.line.variance


@dataclass(frozen=True)
class Progress:
    """How far a stocktake is, and how right the book was: lines without difference per hundred counted."""

    lines: int
    counted: int
    differing: int
    packs_off: int

    @property
    def accuracy(self) -> Decimal | None:
        """Exact lines per hundred counted; None before the first."""
        exact = self.counted - self.differing
        return (Decimal(exact * 100) / self.counted).quantize(Decimal("0.1")) if self.counted else None


def stocktakes_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[Stocktake]:
    """The stocktakes within reach, newest first."""
    return (
        Stocktake.objects.visible_to(user)
        .select_related("warehouse", "zone", "category", "by", "ended_by")
        .order_by("-id")
    )


def lines_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[StocktakeLine]:
    """The lines of a stocktake (`stocktake`), all or those that differ (`show`), found by product or the beginning of a lot code (`q`)."""
    number = asked.get("stocktake", "")
    mine = Stocktake.objects.visible_to(user).filter(number=number)
    rows = StocktakeLine.objects.filter(stocktake__in=mine)
    if asked.get("show") == DIFFERING:
        rows = rows.exclude(variance=None).exclude(variance=0)
    if text := asked.get("q", "").strip():
        by_product = Q(balance__product__in=found(Product.objects.order_by(), text).values("pk"))
        rows = rows.filter(by_product | Q(balance__lot__code__istartswith=text))
    return rows.select_related(
        "stocktake__warehouse", "balance__lot", "balance__zone", "balance__product", "balance__warehouse", "last_by"
    ).order_by("id")


def count_rows(lines: Sequence[StocktakeLine], _user: User, at: datetime) -> Iterable[CountRow]:
    """Lines of one stocktake as they may be shown."""
    tolerated = tolerance(lines[0].stocktake, at) if lines else (0, Decimal(0))
    return [count_row(one, tolerated) for one in lines]


def count_row(line: StocktakeLine, tolerated: tuple[int, Decimal]) -> CountRow:
    """A line as it may be shown."""
    return CountRow(line, line.counts == 1 and count_again(line.variance or 0, line.balance.lot.cost, *tolerated))


def tolerance(stocktake: Stocktake, at: datetime) -> tuple[int, Decimal]:
    """Packs and yuan up to which a difference need not be counted again."""
    node = stocktake.warehouse.node_id
    return COUNT_PACKS.on(at, node_id=node), Decimal(COUNT_MONEY.on(at, node_id=node))


def progress(stocktake: Stocktake) -> Progress:
    """How far a stocktake is."""
    differing = Q(variance__isnull=False) & ~Q(variance=0)
    told = stocktake.lines.aggregate(
        lines=Count("pk"), counted=Count("pk", filter=Q(counts__gt=0)), differing=Count("pk", filter=differing),
        packs_off=Sum(Abs("variance"), default=0),
    )  # fmt: skip
    return Progress(**told)
