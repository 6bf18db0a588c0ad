"""Goods that change their place and stay ours: on their way to another warehouse, arriving there, lent and brought back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.audit.trail import Subject, record, within_action
from kefu.kernel.errors import Refused
from kefu.organisation.models import User
from kefu.products.models import StorageClass
from kefu.stock.actions.issuing import ISSUES
from kefu.stock.actions.ledger import Entry, Place, book, lock_balances, places
from kefu.stock.actions.reserving import take_out
from kefu.stock.choices import MoveKind, Quality, ReservationState, ZonePurpose
from kefu.stock.models import IssueLine, IssueSlip, Reservation, Warehouse, Zone
from kefu.stock.rules import leaves_in_time

SIDES = {ZonePurpose.TRANSIT: ("T", "在途", "On the way"), ZonePurpose.LENT: ("L", "借出", "Lent")}


@dataclass(frozen=True)
class Passage:
    """Packs of a balance that go to another place; without one they are gone for good, and `reason` says how."""

    balance_id: int
    packs: int
    to: Place | None
    reason: str = ""


@dataclass(frozen=True)
class Shipped:
    """What was set aside and is now on its way, in the balance of this id."""

    reservation: Reservation
    balance_id: int


@within_action
def side_zone(*, warehouse: Warehouse, purpose: ZonePurpose) -> Zone:
    """The zone of a warehouse for goods that do not lie in it, opened when first needed."""
    suffix, zh, en = SIDES[purpose]
    home = warehouse.own_zones.order_by("code").first()
    storage = home.storage if home else StorageClass.objects.order_by("position", "code")[0]
    names = {"code": f"{warehouse.code}-{suffix}", "zh": zh, "en": en, "storage": storage}
    made, _new = Zone.objects.get_or_create(warehouse=warehouse, purpose=purpose, defaults=names)
    return made


@within_action
def pass_on(*, passages: Sequence[Passage], kind: MoveKind, subject: Subject, by: User, at: datetime) -> None:
    """Book goods from place to place, all of them or none. The caller has checked the rights.

    Raises Refused "stock_short" where fewer are free than are to go.
    """
    wanted = [one.to for one in passages if one.to]
    targets = places(wanted) if wanted else []
    held = lock_balances([*(one.balance_id for one in passages), *targets])
    leaving: Counter[int] = Counter()
    for one in passages:
        leaving[one.balance_id] += one.packs
    for pk, packs in leaving.items():
        if held[pk].free < packs:
            raise Refused("stock_short", _("批号 %(lot)s 现在只有 %(available)s") % {"lot": held[pk].lot.code, "available": held[pk].free})  # fmt: skip
    spots = iter(targets)
    entries = []
    for one in passages:
        entries.append(Entry(one.balance_id, -one.packs, one.reason))
        if one.to:
            entries.append(Entry(next(spots), one.packs, one.reason))
    book(entries, kind=kind, subject=subject, by=by, at=at)


@within_action
def move_reserved(
    *, subject: Subject, zone: Zone, kind: MoveKind, moved_as: Subject, by: User, at: datetime
) -> list[Shipped]:
    """Put what is set aside for a record into a zone for goods that do not lie there; answers it. The caller has checked the rights.

    All balances, those it leaves and those it goes to, are held at once in the order of their ids.
    """
    open_rows = Reservation.objects.filter(
        subject_kind=subject.kind, subject_id=subject.id, state=ReservationState.OPEN
    ).select_related("balance__lot")
    rows = list(open_rows.order_by("balance_id", "pk"))
    if not rows:
        raise Refused("nothing_to_issue", _("没有留好的货可以发"))
    spots = places([Place(zone, row.balance.lot, Quality.GOOD) for row in rows])
    by_lot = {row.balance.lot_id: spot for row, spot in zip(rows, spots, strict=True)}
    lock_balances([*(row.balance_id for row in rows), *spots])
    shipped = [Shipped(row, by_lot[row.balance.lot_id]) for row in take_out(subject=subject, at=at)]
    if not shipped:
        raise Refused("nothing_to_issue", _("没有留好的货可以发"))
    entries = [Entry(one.reservation.balance_id, -one.reservation.packs, one.reservation.reason) for one in shipped]
    entries += [Entry(one.balance_id, one.reservation.packs, one.reservation.reason) for one in shipped]
    book(entries, kind=kind, subject=moved_as, by=by, at=at)
    return shipped


@within_action
def transfer(
    *, source: Warehouse, to: Warehouse, subject: Subject, purpose: str, by: User, at: datetime
) -> tuple[IssueSlip, list[Shipped]]:
    """Send what is set aside for a record on its way to another warehouse, with an issue slip (STK-006). The caller has checked the rights.

    Raises Refused "nothing_to_issue", or "lot_not_available" for goods whose last day of issue to a branch passed since.
    """
    zone = side_zone(warehouse=to, purpose=ZonePurpose.TRANSIT)
    slip = IssueSlip.objects.create(
        number=ISSUES.issue(at), warehouse=source, to_warehouse=to, purpose=purpose, by=by, at=at,
        subject_kind=subject.kind, subject_id=subject.id,
    )  # fmt: skip
    moved_as = Subject("stock.issue_slip", slip.pk)
    shipped = move_reserved(subject=subject, zone=zone, kind=MoveKind.TRANSFER, moved_as=moved_as, by=by, at=at)
    _refuse_late([one.reservation for one in shipped], at)
    _write(slip, shipped)
    return slip, shipped


def _refuse_late(taken: Sequence[Reservation], at: datetime) -> None:
    for row in taken:
        lot, product = row.balance.lot, row.balance.product
        if lot.recalled or not leaves_in_time(lot.expiry, timezone.localdate(at), product.branch_days_left):
            raise Refused("lot_not_available", _("批号 %(lot)s 已过期、太临期或已召回，不能调拨") % {"lot": lot.code})


def _write(slip: IssueSlip, shipped: Sequence[Shipped]) -> None:
    IssueLine.objects.bulk_create(
        IssueLine(
            slip=slip, balance_id=one.reservation.balance_id, lot_id=one.reservation.balance.lot_id,
            packs=one.reservation.packs, reason=one.reservation.reason,
        )
        for one in shipped
    )  # fmt: skip
    told = "、".join(f"{one.reservation.balance.lot.code}×{one.reservation.packs}" for one in shipped)
    record(
        "stock.transferred", by=slip.by, at=slip.at, subject=Subject("stock.issue_slip", slip.pk), node_id=slip.warehouse.node_id,
        changes={"number": (None, slip.number), "goods": (None, told)},
    )  # fmt: skip
