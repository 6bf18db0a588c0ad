"""Booking goods in from counted figures (STK-004, STK-014)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.stock.actions.ledger import Entry, Place, book, lock_balances, places
from kefu.stock.choices import MoveKind, Quality, ZonePurpose
from kefu.stock.fitting import fits, wrong_zone
from kefu.stock.models import Lot, Receipt, ReceiptLine, Warehouse, Zone
from kefu.stock.rules import expired, long_enough

RECEIPTS = Series("stock.receipt", "RK")
LARGEST = 1_000_000


@dataclass(frozen=True)
class Arrival:
    """A counted line: packs of one lot. Without a zone it goes where the product belongs, or to quarantine if not good.

    `note` says why goods with too short a shelf life are taken all the same; `cost` is what a pack was bought for.
    """

    product: Product
    lot: str
    packs: int
    expiry: date | None = None
    zone: Zone | None = None
    quality: Quality = Quality.GOOD
    note: str = ""
    cost: Decimal | None = None


@action
def receive(
    *,
    warehouse: Warehouse,
    arrivals: Sequence[Arrival],
    by: User,
    at: datetime,
    supplier: str = "",
    note: str = "",
    received_on: date | None = None,
) -> Receipt:
    """Book counted goods into a branch warehouse and keep the slip (STK-004). `received_on` is the paper's date, today if not given.

    Raises as `post_receipt`, and Refused "joint_receipt" for the central warehouse, into which goods come by joint acceptance (STK-003).
    """
    require(by, warehouse.keep_permission, node_id=warehouse.node_id)
    if warehouse.central:
        raise Refused("joint_receipt", _("总库房的货由库管和产品部一起验收入库，请先登记到货"))
    return post_receipt(
        warehouse=warehouse, arrivals=arrivals, by=by, at=at, supplier=supplier, note=note, received_on=received_on
    )


@within_action
def post_receipt(
    *,
    warehouse: Warehouse,
    arrivals: Sequence[Arrival],
    by: User,
    at: datetime,
    supplier: str = "",
    note: str = "",
    received_on: date | None = None,
) -> Receipt:
    """Book goods in for an action that has made sure they may come. A lot known without a cost gets the one given; a known one stays.

    Raises Invalid, naming the line (`arrivals.2.expiry`), for a missing or past expiry, a shelf life shorter than the
    product asks for without a note, a lot known with another expiry, or a zone of the wrong climate (STK-008).
    """
    today = timezone.localdate(at)
    day = received_on or today
    zones = list(warehouse.own_zones.order_by("code"))
    placed = _placed(arrivals, zones, day, today)
    receipt = Receipt.objects.create(
        number=RECEIPTS.issue(at), warehouse=warehouse, received_on=day, supplier=supplier, note=note, by=by, at=at
    )
    lots = _lots(arrivals, day)
    spots = places([Place(zone, lot, line.quality) for line, zone, lot in zip(arrivals, placed, lots, strict=True)])
    lock_balances(spots)
    subject = Subject("stock.receipt", receipt.pk)
    book(
        [Entry(spot, line.packs, line.note) for spot, line in zip(spots, arrivals, strict=True)],
        kind=MoveKind.RECEIPT, subject=subject, by=by, at=at,
    )  # fmt: skip
    ReceiptLine.objects.bulk_create(
        ReceiptLine(receipt=receipt, balance_id=spot, packs=line.packs, note=line.note)
        for spot, line in zip(spots, arrivals, strict=True)
    )
    packs = sum(line.packs for line in arrivals)
    changes = {"packs": (None, packs), "lots": (None, "、".join(f"{a.product.code} {a.lot}" for a in arrivals))}
    record("stock.received", by=by, at=at, subject=subject, node_id=warehouse.node_id, changes=changes)
    return receipt


def _placed(arrivals: Sequence[Arrival], zones: Sequence[Zone], day: date, today: date) -> list[Zone]:
    if not arrivals:
        raise Invalid.one("arrivals", "required", _("还没有填入库的货"))
    if day > today:
        raise Invalid.one("received_on", "future", _("入库日期不能晚于今天"))
    errors: list[FieldError] = []
    placed: list[Zone] = []
    for number, line in enumerate(arrivals, 1):
        wrong = _wrong(line, day, today)
        zone = line.zone or _zone_for(line, zones)
        if zone is None or zone.pk not in {one.pk for one in zones}:
            wrong.append(("zone", "missing", _("这个库房没有适合的库区")))
        elif not fits(line.product, zone):
            wrong.append(("zone", "wrong_climate", wrong_zone(line.product, zone)))
        else:
            placed.append(zone)
        errors += [FieldError(f"arrivals.{number}.{name}", code, message) for name, code, message in wrong]
    if errors:
        raise Invalid(errors)
    return placed


def _wrong(line: Arrival, day: date, today: date) -> list[tuple[str, str, object]]:
    wrong: list[tuple[str, str, object]] = []
    if not line.lot.strip():
        wrong.append(("lot", "required", _("批号还没填")))
    if not 0 < line.packs <= LARGEST:
        wrong.append(("packs", "range", _("数量要在 1 到 1,000,000 之间")))
    if line.product.dated and line.expiry is None:
        wrong.append(("expiry", "required", _("有效期还没填")))
    elif line.quality == Quality.GOOD and expired(line.expiry, today):
        wrong.append(("expiry", "expired", _("已经过期，不能作为完好入库")))
    elif not long_enough(line.expiry, day, line.product.min_shelf_life_months) and not line.note.strip():
        months = line.product.min_shelf_life_months
        words = _("剩余效期不到 %(months)s 个月；要收下请在备注里写明原因") % {"months": months}
        wrong.append(("expiry", "short_shelf_life", words))
    return wrong


def _zone_for(line: Arrival, zones: Sequence[Zone]) -> Zone | None:
    if line.quality != Quality.GOOD and (
        apart := next((zone for zone in zones if zone.purpose == ZonePurpose.QUARANTINE), None)
    ):
        return apart
    return next((zone for zone in zones if zone.is_shelf and fits(line.product, zone)), None)


def _lots(arrivals: Sequence[Arrival], day: date) -> list[Lot]:
    """The lots, entered where new; refuses one that is known with another expiry."""
    wanted = {(line.product.pk, line.lot.strip()): line for line in arrivals}
    fresh = [
        Lot(product_id=p, code=code, expiry=line.expiry, received_on=day, cost=line.cost)
        for (p, code), line in sorted(wanted.items(), key=lambda pair: pair[0])
    ]
    Lot.objects.bulk_create(fresh, ignore_conflicts=True)
    rows = Lot.objects.filter(product__in={p for p, _code in wanted}, code__in={code for _p, code in wanted})
    known = {(lot.product_id, lot.code): lot for lot in rows}
    errors = [
        FieldError(
            f"arrivals.{number}.expiry",
            "differs",
            _("同一批号以前登记的有效期是 %(expiry)s") % {"expiry": lot.expiry or "—"},
        )
        for number, line in enumerate(arrivals, 1)
        if (lot := known[line.product.pk, line.lot.strip()]).expiry != line.expiry
    ]
    if errors:
        raise Invalid(errors)
    for key, lot in known.items():
        if key in wanted and lot.cost is None and wanted[key].cost is not None:
            Lot.objects.filter(pk=lot.pk, cost__isnull=True).update(cost=wanted[key].cost)
    return [known[line.product.pk, line.lot.strip()] for line in arrivals]
