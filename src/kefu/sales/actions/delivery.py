"""Goods of a purchase leave the centre's warehouse, whole or in parts, parcel by parcel (JRN-015, STK-005 to STK-007)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.sales.actions.reserving import reserve_for
from kefu.sales.actions.telling import message
from kefu.sales.choices import DeliveryMode, Packing, PurchaseState
from kefu.sales.events import PurchaseDispatched, SuppliesChanged
from kefu.sales.gates import DISPATCH
from kefu.sales.models import Purchase, PurchaseLine, Shipment
from kefu.sales.permissions import SalesPermission
from kefu.sales.queries import KIND, gate_of, locked
from kefu.sales.sentences import DISPATCHED, PACKED, SHIPPED
from kefu.stock.actions.issuing import post_issue
from kefu.stock.models import IssueSlip, Warehouse
from kefu.stock.queries import warehouse_for

LONGEST = 60


@action
def dispatch(
    *,
    purchase: Purchase,
    mode: DeliveryMode = DeliveryMode.HANDED,
    carrier: str = "",
    waybill: str = "",
    packing: Sequence[str] = (),
    packs: Mapping[int, int] | None = None,
    collected_by: str = "",
    packed_by: User | None = None,
    by: User,
    at: datetime,
) -> Shipment:
    """Ship a parcel: stock leaves lot by lot by the product's policy, or nothing does (JRN-015). `packs` by line id, else all that is open.

    Raises Refused `stock_short` with what is missing, `purchase_state`, `not_open` for more than is open, `no_warehouse`; Invalid for a posted
    parcel without waybill, for nothing, for checks there are not.
    """
    require(by, SalesPermission.DISPATCH, customer=purchase.customer)
    purchase = locked(purchase, PurchaseState.SIGNED, PurchaseState.PARTLY)
    subject = Subject(KIND, purchase.pk)
    check(gate_of(purchase, DISPATCH), by=by, at=at, customer_id=purchase.customer_id, subject=subject)
    _check_parcel(mode, waybill.strip(), carrier.strip(), packing)
    warehouse = _warehouse(purchase)
    lines = _chosen(list(purchase.lines.select_related("product")), packs)
    slip = post_issue(
        warehouse=warehouse, lines=[(line.product, count) for line, count in lines], subject=subject,
        customer_id=purchase.customer_id, permission=SalesPermission.DISPATCH, by=by, at=at,
    )  # fmt: skip
    shipment = Shipment.objects.create(
        purchase=purchase, slip=slip, mode=mode, carrier=carrier.strip(), waybill=waybill.strip(), packing=list(packing),
        collected_by=collected_by.strip()[:LONGEST] if mode == DeliveryMode.HANDED else "", packed_by=packed_by or by, by=by, at=at,
    )  # fmt: skip
    _book_out(purchase, lines, by, at)
    _tell(purchase, shipment, slip, lines, by, at)
    return shipment


def _check_parcel(mode: str, waybill: str, carrier: str, packing: Sequence[str]) -> None:
    errors = []
    if mode == DeliveryMode.POSTED and not waybill:
        errors.append(FieldError("waybill", "required", _("邮寄要写运单号。")))
    errors += [
        FieldError(name, "too_long", _("最多 60 个字。")) for name, text in (("carrier", carrier), ("waybill", waybill)) if len(text) > LONGEST
    ]  # fmt: skip
    if not set(packing) <= set(Packing.values):
        errors.append(FieldError("packing", "unknown", _("没有这项装箱检查。")))
    if errors:
        raise Invalid(errors)


def _warehouse(purchase: Purchase) -> Warehouse:
    warehouse = warehouse_for(purchase.customer.node_id)
    if warehouse is None:
        raise Refused("no_warehouse", _("这个中心还没有库房，请先设置。"))
    return warehouse


def _chosen(lines: Sequence[PurchaseLine], packs: Mapping[int, int] | None) -> list[tuple[PurchaseLine, int]]:
    if packs is None:
        chosen = [(line, line.open) for line in lines if line.open]
    else:
        if packs.keys() - {line.pk for line in lines} or any(count < 0 for count in packs.values()):
            raise Invalid.one("packs", "unknown", _("发货的数量或行不对，请重新填。"))
        chosen = [(line, packs[line.pk]) for line in lines if packs.get(line.pk)]
    if not chosen:
        raise Invalid.one("packs", "required", _("还没有填发几件。"))
    for line, count in chosen:
        if count > line.open:
            raise Refused(
                "not_open",
                _("%(product)s 还没发的只有 %(left)s。") % {"product": line.product.label, "left": line.open},
            )
    return chosen


def _book_out(purchase: Purchase, lines: Sequence[tuple[PurchaseLine, int]], by: User, at: datetime) -> None:
    for line, count in lines:
        line.shipped += count
    PurchaseLine.objects.bulk_update([line for line, _count in lines], ["shipped"])
    rest = [line for line, _count in lines if line.open]
    if rest:
        reserve_for(purchase=purchase, lines=rest, permission=SalesPermission.DISPATCH, by=by, at=at)
    purchase.state = (
        PurchaseState.PARTLY if any(line.open for line in purchase.lines.all()) else PurchaseState.DISPATCHED
    )
    purchase.save(update_fields=["state"])


@within_action
def announce_left(*, purchase: Purchase, by: User, at: datetime) -> None:
    """Let the modules above know what left: all of it, or a part."""
    event = PurchaseDispatched if purchase.state == PurchaseState.DISPATCHED else SuppliesChanged
    announce(event(purchase_id=purchase.pk, customer_id=purchase.customer_id, by=by, at=at))


def _tell(
    purchase: Purchase, shipment: Shipment, slip: IssueSlip, lines: Sequence[tuple[PurchaseLine, int]], by: User, at: datetime
) -> None:  # fmt: skip
    subject, count = Subject(KIND, purchase.pk), sum(packs for _line, packs in lines)
    details = [PACKED(product=line.product, packs=packs) for line, packs in lines]
    said = DISPATCHED if purchase.state == PurchaseState.DISPATCHED else SHIPPED
    record_fact(customer=purchase.customer, kind=FactKind.DISPATCH, item=said(slip=slip.number),
                lines=details, subject=subject, by=by, at=at)  # fmt: skip
    record("sales.purchase.dispatched", by=by, at=at, subject=subject, customer_id=purchase.customer_id, node_id=purchase.node_id,
           changes={"state": (None, purchase.state), "slip": (None, slip.number), "packs": (None, count), "waybill": (None, shipment.waybill)})  # fmt: skip
    if shipment.mode == DeliveryMode.POSTED:
        values = {"carrier": shipment.carrier or _("快递"), "waybill": shipment.waybill, "product_count": count}
        message(
            purchase=purchase,
            template="product_shipped",
            values=values,
            key=f"sales.parcel:{shipment.pk}",
            by=by,
            at=at,
        )
    announce_left(purchase=purchase, by=by, at=at)
