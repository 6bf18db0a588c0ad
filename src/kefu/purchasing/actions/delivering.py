"""Goods at the gate: registering them, counting them by two people, and allowing what is beyond the order (STK-003)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Change, Subject, action, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.purchasing.actions.ordering import Known, keep_fact
from kefu.purchasing.choices import OPEN_ORDERS, DeliveryState, FactKind, Side
from kefu.purchasing.models import Allowance, Count, CountLine, Delivery, PurchaseOrder, Supplier
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.queries.deliveries import latest_counts
from kefu.purchasing.rules import Figure, digest
from kefu.purchasing.sentences import AGREED, DIFFERS
from kefu.stock.models import Warehouse
from kefu.stock.rules import expired, long_enough

DELIVERIES = Series("purchasing.delivery", "DH")
KIND = "purchasing.delivery"
LARGEST = 1_000_000
LONGEST_LOT = 40


@dataclass(frozen=True)
class Counted:
    """One lot as somebody counted it: packs in order and damaged ones; `note` says why a short shelf life is taken all the same."""

    product: Product
    lot: str
    packs: int
    expiry: date | None = None
    damaged: int = 0
    note: str = ""

    @property
    def figure(self) -> Figure:
        """What must be the same on both sides."""
        return Figure(self.product.pk, self.lot.strip(), self.expiry, self.packs, self.damaged)


@action
def register_delivery(
    *, warehouse: Warehouse, supplier: Supplier, by: User, at: datetime, order: PurchaseOrder | None = None,
    arrived_on: date | None = None, waybill: str = "", reason: str = "",
) -> Delivery:  # fmt: skip
    """Goods have arrived: of an open order, or without one for a reason. Raises Invalid, or Refused "ended" for an order that is over."""
    require(by, PurchasingPermission.COUNT, node_id=warehouse.node_id)
    day = arrived_on or timezone.localdate(at)
    if day > timezone.localdate(at):
        raise Invalid.one("arrived_on", "future", _("到货日期不能晚于今天"))
    if order is None and not reason.strip():
        raise Invalid.one("reason", "required", _("没有采购单的到货要写明原因"))
    if order is not None:
        order = _open_order(order)
        if (order.supplier_id, order.warehouse_id) != (supplier.pk, warehouse.pk):
            raise Invalid.one("order", "other", _("这张采购单不是这家厂家送到这个库房的"))
    if order is not None and day < timezone.localdate(order.at):
        raise Invalid.one("arrived_on", "early", _("到货日期不能早于下单那天"))
    made = Delivery.objects.create(
        number=DELIVERIES.issue(at), order=order, supplier=supplier, warehouse=warehouse, arrived_on=day,
        waybill=waybill.strip(), reason=reason.strip(), by=by, at=at,
    )  # fmt: skip
    if order is not None:
        keep_fact(order, Known(FactKind.ARRIVED, day, waybill=waybill, note=made.number), by, at)
    _record("purchasing.delivery.registered", made, by, at, {"number": (None, made.number)}, made.reason)
    return made


@action
def count_delivery(*, delivery: Delivery, side: Side, lines: Sequence[Counted], by: User, at: datetime) -> Count:
    """One of the two confirms what he or she counted; the other's figures stay unseen until both have. Counting again replaces one's side.

    Raises Invalid, naming the line (`lines.2.expiry`), for a missing or past expiry, a shelf life shorter than the product asks for
    without a note, or impossible packs; Refused "ended", or "both_sides" for who has counted for the other side.
    """
    current = hold_delivery(delivery)
    _check_side(current, side, by)
    _check_lines(lines, current.arrived_on, timezone.localdate(at))
    others = latest_counts(current)
    other = others.get(Side.PRODUCT if side == Side.KEEPER else Side.KEEPER)
    if other is not None and other.by_id == by.pk:
        raise Refused("both_sides", _("您已经替另一方点过，要由另一个人来点"))
    figures = [line.figure for line in lines]
    made = Count.objects.create(delivery=current, side=side, digest=digest(figures), by=by, at=at)
    CountLine.objects.bulk_create(
        CountLine(
            count=made, product_id=one.product_id, lot=one.lot, expiry=one.expiry, packs=one.packs,
            damaged=one.damaged, note=line.note.strip(),
        )
        for one, line in zip(figures, lines, strict=True)
    )  # fmt: skip
    packs = sum(one.packs + one.damaged for one in figures)
    _record("purchasing.delivery.counted", current, by, at, {"side": (None, str(side)), "packs": (None, packs)})
    if other is not None:
        text = (AGREED if other.digest == made.digest else DIFFERS)(number=current.number)
        link = reverse("purchasing:delivery", args=[current.pk])
        tell(users=[other.by], code="purchasing.delivery.counted", text=text, link=link, at=at)
    return made


@action
def allow_more(*, delivery: Delivery, product: Product, packs: int, reason: str, by: User, at: datetime) -> Allowance:
    """The product department takes so many packs beyond the order. Raises Invalid without a reason or packs, Refused "ended" or "allowed"."""
    require(by, PurchasingPermission.PLAN_ACT, node_id=delivery.warehouse.node_id)
    current = hold_delivery(delivery)
    if not 0 < packs <= LARGEST:
        raise Invalid.one("packs", "range", _("数量要在 1 到 1,000,000 之间"))
    if not reason.strip():
        raise Invalid.one("reason", "required", _("为什么多收还没填"))
    if current.allowances.filter(product=product).exists():
        raise Refused("allowed", _("这个产品已经同意过多收"))
    made = Allowance.objects.create(delivery=current, product=product, packs=packs, reason=reason.strip(), by=by, at=at)
    changes: dict[str, Change] = {"product": (None, product.code), "packs": (None, packs)}
    _record("purchasing.delivery.allowed", current, by, at, changes, made.reason)
    return made


@action
def drop_delivery(*, delivery: Delivery, reason: str, by: User, at: datetime) -> Delivery:
    """Nothing of it is let in: sent back, or registered by mistake. Raises Invalid without a reason, Refused "ended"."""
    require(by, PurchasingPermission.COUNT, node_id=delivery.warehouse.node_id)
    current = hold_delivery(delivery)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("作废原因还没填"))
    current.state, current.dropped = DeliveryState.DROPPED, reason.strip()
    current.save(update_fields=["state", "dropped"])
    _record("purchasing.delivery.dropped", current, by, at, {"number": (None, current.number)}, current.dropped)
    return current


@within_action
def hold_delivery(delivery: Delivery) -> Delivery:
    """The delivery held until the transaction ends, its order before it. Raises Refused "ended"."""
    if delivery.order_id is not None:
        PurchaseOrder.objects.select_for_update(no_key=True).get(pk=delivery.order_id)
    rows = Delivery.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("warehouse", "supplier__institution", "order").get(pk=delivery.pk)
    if row.state != DeliveryState.COUNTING:
        raise Refused("ended", _("这张到货单已经结束，状态是“%(state)s”") % {"state": row.get_state_display()})
    return row


def _open_order(order: PurchaseOrder) -> PurchaseOrder:
    rows = PurchaseOrder.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse")
    row = rows.get(pk=order.pk)
    if row.state not in OPEN_ORDERS:
        raise Refused("ended", _("这张采购单已经结束，状态是“%(state)s”") % {"state": row.get_state_display()})
    return row


def _check_side(delivery: Delivery, side: Side, by: User) -> None:
    """The keeper's side needs the right to keep the warehouse, the other the right to plan purchases; both that of joint receipt."""
    node = delivery.warehouse.node_id
    require(by, PurchasingPermission.COUNT, node_id=node)
    if side == Side.KEEPER:
        require(by, delivery.warehouse.keep_permission, node_id=node)
    else:
        require(by, PurchasingPermission.PLAN_ACT, node_id=node)


def _check_lines(lines: Sequence[Counted], arrived_on: date, today: date) -> None:
    if not lines:
        raise Invalid.one("lines", "required", _("还没有填点到的货"))
    keys = [(line.product.pk, line.lot.strip()) for line in lines]
    errors: list[FieldError] = []
    for number, line in enumerate(lines, 1):
        wrong = _wrong(line, arrived_on, today)
        if keys.count(keys[number - 1]) > 1:
            wrong.append(("lot", "duplicate", _("同一批号填了两行，请合成一行")))
        errors += [FieldError(f"lines.{number}.{name}", code, message) for name, code, message in wrong]
    if errors:
        raise Invalid(errors)


def _wrong(line: Counted, arrived_on: date, today: date) -> list[tuple[str, str, object]]:
    wrong: list[tuple[str, str, object]] = []
    if not 0 < len(line.lot.strip()) <= LONGEST_LOT:
        wrong.append(("lot", "required", _("批号要填，最多 40 个字")))
    if not (0 <= line.packs <= LARGEST and 0 <= line.damaged <= LARGEST) or line.packs + line.damaged == 0:
        wrong.append(("packs", "range", _("完好和破损至少有一样，每样最多 1,000,000")))
    if line.product.dated and line.expiry is None:
        wrong.append(("expiry", "required", _("有效期还没填")))
    elif expired(line.expiry, today):
        wrong.append(("expiry", "expired", _("已经过期，不能收，请退回厂家")))
    elif not long_enough(line.expiry, arrived_on, line.product.min_shelf_life_months) and not line.note.strip():
        words = _("剩余效期不到 %(months)s 个月；要收下请在备注里写明原因")
        wrong.append(("expiry", "short_shelf_life", words % {"months": line.product.min_shelf_life_months}))
    return wrong


def _record(
    code: str, delivery: Delivery, by: User, at: datetime, changes: Mapping[str, Change], reason: str = ""
) -> None:
    subject, node = Subject(KIND, delivery.pk), delivery.warehouse.node_id
    record(code, by=by, at=at, subject=subject, node_id=node, changes=changes, reason=reason)
