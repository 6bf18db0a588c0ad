"""Counting beside the running business: each count is against the book of its moment, and posted once by another person (STK-010)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.products.models import Category, Product
from kefu.stock.actions.ledger import Entry, Place, book, lock_balances, places
from kefu.stock.actions.relocating import shift, usual_zone
from kefu.stock.actions.reserving import give_way
from kefu.stock.choices import NOT_THERE, MoveKind, Quality, StocktakeState
from kefu.stock.models import Balance, Lot, Move, Stocktake, StocktakeCount, StocktakeLine, Warehouse, Zone
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import destroyed_packs, tolerance
from kefu.stock.rules import count_again

STOCKTAKES = Series("stock.stocktake", "PD")
KIND = "stock.stocktake"
LARGEST = 1_000_000
_COUNTED = """
    UPDATE stock_stocktakeline line SET counted = entry.counted, variance = entry.variance, counts = line.counts + 1, last_by_id = %s
    FROM unnest(%s::bigint[], %s::integer[], %s::integer[]) AS entry(id, counted, variance) WHERE line.id = entry.id
"""


@action
def open_stocktake(
    *, warehouse: Warehouse, by: User, at: datetime, zone: Zone | None = None, category: Category | None = None
) -> Stocktake:
    """Begin a count of what lies in a warehouse, or in one zone or of one category. Issuing goes on.

    Raises Invalid for a zone elsewhere, Refused "nothing_there".
    """
    require(by, StockPermission.STOCKTAKE_COUNT, node_id=warehouse.node_id)
    if zone is not None and (zone.warehouse_id != warehouse.pk or zone.purpose in NOT_THERE):
        raise Invalid.one("zone", "other_warehouse", _("这个库区不在这个库房"))
    rows = Balance.objects.filter(warehouse=warehouse).lying()
    rows = rows.filter(zone=zone) if zone else rows
    rows = rows.filter(product__category=category) if category else rows
    balances = list(rows.order_by("pk").values_list("pk", flat=True))
    if not balances:
        raise Refused("nothing_there", _("这个范围里没有货可盘"))
    made = Stocktake.objects.create(
        number=STOCKTAKES.issue(at), warehouse=warehouse, zone=zone, category=category, by=by, at=at
    )
    StocktakeLine.objects.bulk_create(StocktakeLine(stocktake=made, balance_id=pk) for pk in balances)
    _record("stock.stocktake.opened", made, by, at, number=made.number, lines=len(balances))
    return made


@action
def count_lines(*, stocktake: Stocktake, counted: Mapping[int, int], by: User, at: datetime) -> int:
    """Keep what somebody counted, by line; answers how many. The book is read at this moment, with the balances held, so that what is
    booked before and after stays out of the difference; packs that were destroyed and are not written off yet count as gone.

    Raises Invalid for impossible numbers or unknown lines, Refused "ended", or "same_person" where somebody else must count again.
    """
    current = _counting(stocktake, by)
    if not counted:
        raise Invalid.one("counted", "required", _("还没填实数"))
    if any(not 0 <= packs <= LARGEST for packs in counted.values()):
        raise Invalid.one("counted", "min_value", _("实数要在 0 到 1000000 之间"))
    lines = {line.pk: line for line in current.lines.filter(pk__in=counted)}
    if lines.keys() != counted.keys():
        raise Invalid.one("counted", "unknown", _("有的行不在这张盘点单上，请刷新再填"))
    held = lock_balances(line.balance_id for line in lines.values())
    gone = destroyed_packs(held)
    last = dict(Move.objects.filter(balance__in=list(held)).order_by().values_list("balance").annotate(Max("pk")))
    limits = tolerance(current, at)
    kept = []
    for pk, line in lines.items():
        balance = held[line.balance_id]
        if line.last_by_id == by.pk and count_again(line.variance or 0, balance.lot.cost, *limits):
            raise Refused("same_person", _("批号 %(lot)s 差异大，要换一个人重盘") % {"lot": balance.lot.code})
        there = balance.quantity - gone[balance.pk]
        kept.append(
            StocktakeCount(line=line, packs=counted[pk], book=there, last_move=last.get(balance.pk, 0), by=by, at=at)
        )
        line.counted, line.variance = counted[pk], counted[pk] - there
    StocktakeCount.objects.bulk_create(kept)
    _write(lines.values(), by)
    _record("stock.stocktake.counted", current, by, at, lines=len(kept))
    return len(kept)


@action
def add_found(
    *, stocktake: Stocktake, product: Product, lot: str, zone: Zone, packs: int, by: User, at: datetime
) -> StocktakeLine:
    """Put a lot on the list that lies where the book has none of it, with its count. Raises Invalid for an unknown lot or another
    warehouse's zone, Refused "on_the_list".
    """
    current = _counting(stocktake, by)
    found = Lot.objects.filter(product=product, code=lot.strip()).first()
    if found is None:
        raise Invalid.one("lot", "unknown", _("这个产品没有这个批号"))
    if zone.warehouse_id != current.warehouse_id or zone.purpose in NOT_THERE:
        raise Invalid.one("zone", "other_warehouse", _("这个库区不在这个库房"))
    if not 1 <= packs <= LARGEST:
        raise Invalid.one("packs", "min_value", _("数量至少是 1"))
    (spot,) = places([Place(zone, found, Quality.GOOD)])
    if current.lines.filter(balance=spot).exists():
        raise Refused("on_the_list", _("这一批已经在单上，请在那一行填实数"))
    balance = lock_balances([spot])[spot]
    last = Move.objects.filter(balance=spot).aggregate(latest=Max("pk"))["latest"] or 0
    line = StocktakeLine.objects.create(
        stocktake=current, balance=balance, counted=packs, variance=packs - balance.quantity, counts=1, last_by=by
    )
    StocktakeCount.objects.create(line=line, packs=packs, book=balance.quantity, last_move=last, by=by, at=at)
    _record("stock.stocktake.found", current, by, at, lot=found.code, packs=packs)
    return line


@action
def explain(*, line: StocktakeLine, explanation: str, by: User, at: datetime) -> StocktakeLine:
    """Say where a difference comes from. Raises Invalid without words, Refused "ended" or "no_difference"."""
    current = _counting(line.stocktake, by)
    if not explanation.strip():
        raise Invalid.one("explanation", "required", _("差异说明还没填"))
    row = StocktakeLine.objects.select_for_update(no_key=True).get(pk=line.pk)
    if not row.variance:
        raise Refused("no_difference", _("这一行没有差异"))
    row.explanation = explanation.strip()
    row.save(update_fields=["explanation"])
    _record("stock.stocktake.explained", current, by, at, explanation=row.explanation)
    return row


@action
def found_bad(*, line: StocktakeLine, packs: int, reason: str, by: User, at: datetime) -> Balance:
    """Put packs apart that were found damaged while counting: from now on they wait to be destroyed (STK-011). Answers where they are.

    Raises Refused "ended", "not_good" for goods that are apart already, "stock_short"; Invalid without a reason or packs.
    """
    current = _counting(line.stocktake, by)
    balance = Balance.objects.select_related("warehouse", "zone", "product__storage").get(pk=line.balance_id)
    if balance.quality != Quality.GOOD:
        raise Refused("not_good", _("这一批已经不是完好状态，不用再记"))
    zone, subject = usual_zone(balance, Quality.DAMAGED), Subject(KIND, current.pk)
    return shift(balance, packs, zone, Quality.DAMAGED, MoveKind.QUALITY, reason, by, at, subject)


@action
def post_stocktake(*, stocktake: Stocktake, by: User, at: datetime) -> Stocktake:
    """Approve the counts and book their differences in one go; lines nobody counted are left as they are.

    Raises Refused "ended", "own_count" for who opened it or counted, "nothing_counted", "recount", "corrected" where somebody else mended
    the same difference since, "unexplained", or "stock_short" where what left since makes a result impossible.
    """
    current = _counting(stocktake, by, StockPermission.STOCKTAKE_APPROVE)
    counters = set(StocktakeCount.objects.filter(line__stocktake=current).values_list("by", flat=True))
    if by.pk in counters | {current.by_id}:
        raise Refused("own_count", _("开单的人和盘点的人不能审批，请另一位同事审批"))
    if not counters:
        raise Refused("nothing_counted", _("还没有一行盘过"))
    differing = list(current.lines.exclude(variance=None).exclude(variance=0).order_by("balance_id"))
    held = lock_balances(line.balance_id for line in differing)
    _check(differing, held, tolerance(current, at))
    for line in differing:
        balance, change = held[line.balance_id], line.variance or 0
        if -change > balance.free:
            give_way(balance=balance, packs=-change, by=by, at=at)
    entries = [Entry(line.balance_id, line.variance or 0, line.explanation) for line in differing]
    if entries:
        book(entries, kind=MoveKind.COUNT, subject=Subject(KIND, current.pk), by=by, at=at)
    return _end(current, StocktakeState.POSTED, "", by, at, lines=len(entries))


@action
def drop_stocktake(*, stocktake: Stocktake, reason: str, by: User, at: datetime) -> Stocktake:
    """Give a count up without posting; its counts are kept. Raises Invalid without a reason, Refused "ended"."""
    current = _counting(stocktake, by)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("原因还没填"))
    return _end(current, StocktakeState.DROPPED, reason.strip(), by, at, lines=0)


def _write(lines: Iterable[StocktakeLine], by: User) -> None:
    columns = list(zip(*((line.pk, line.counted, line.variance) for line in lines), strict=True))
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, [by.pk, *(list(column) for column in columns)])


def _counting(stocktake: Stocktake, by: User, right: StockPermission = StockPermission.STOCKTAKE_COUNT) -> Stocktake:
    require(by, right, node_id=stocktake.warehouse.node_id)
    rows = Stocktake.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse")
    current = rows.get(pk=stocktake.pk)
    if current.state != StocktakeState.COUNTING:
        raise Refused("ended", _("这张盘点单已经结束"))
    return current


def _check(lines: Sequence[StocktakeLine], held: Mapping[int, Balance], limits: tuple[int, Decimal]) -> None:
    recount, corrected, unexplained, short = list[str](), list[str](), list[str](), list[str]()
    mended, gone = _corrected(lines), destroyed_packs(held)
    for line in lines:
        balance, change = held[line.balance_id], line.variance or 0
        if line.counts < 2 and count_again(change, balance.lot.cost, *limits):
            recount.append(balance.lot.code)
        if line.pk in mended:
            corrected.append(balance.lot.code)
        if not line.explanation:
            unexplained.append(balance.lot.code)
        if balance.quantity - gone[balance.pk] + change < 0:
            short.append(balance.lot.code)
    for code, lots, words in (
        ("recount", recount, _("差异大的要另一位同事重盘：%(lots)s")),
        ("corrected", corrected, _("盘后又有人改过账面，请重新数一遍：%(lots)s")),
        ("unexplained", unexplained, _("差异还没说明：%(lots)s")),
        ("stock_short", short, _("盘点后又有出库，请重新数一遍：%(lots)s")),
    ):
        if lots:
            raise Refused(code, words % {"lots": "、".join(lots[:10])}, {"lots": lots})


def _corrected(lines: Sequence[StocktakeLine]) -> set[int]:
    """Lines whose book was mended after they were counted: by another count or by hand, so their difference may be in it already."""
    moves = Move.objects.filter(kind__in=(MoveKind.COUNT, MoveKind.ADJUSTMENT))
    since = moves.filter(balance=OuterRef("balance"), pk__gt=OuterRef("last_move")).order_by()
    last = StocktakeCount.objects.filter(line__in=lines).order_by("line", "-pk").distinct("line")
    told = StocktakeCount.objects.filter(pk__in=last.values("pk")).annotate(balance=F("line__balance"))
    return set(told.filter(Exists(since)).values_list("line", flat=True))


def _end(stocktake: Stocktake, state: StocktakeState, reason: str, by: User, at: datetime, *, lines: int) -> Stocktake:
    stocktake.state, stocktake.ended_by, stocktake.ended_at, stocktake.reason = state, by, at, reason
    stocktake.save(update_fields=["state", "ended_by", "ended_at", "reason"])
    _record(f"stock.stocktake.{state}", stocktake, by, at, lines=lines, reason=reason)
    return stocktake


def _record(code: str, stocktake: Stocktake, by: User, at: datetime, **said: object) -> None:
    subject, node = Subject(KIND, stocktake.pk), stocktake.warehouse.node_id
    record(
        code, by=by, at=at, subject=subject, node_id=node, changes={name: (None, value) for name, value in said.items()}
    )
