"""Goods of a purchase leave the centre's warehouse, or come back (JRN-015, STK-005 to STK-007)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.sales.actions.lists import KIND, void_charge
from kefu.sales.choices import DeliveryMode, PurchaseState
from kefu.sales.events import PurchaseDispatched, PurchaseReturned
from kefu.sales.gates import DISPATCH
from kefu.sales.models import Purchase, Shipment
from kefu.sales.permissions import SalesPermission
from kefu.sales.queries import locked
from kefu.sales.sentences import DISPATCHED, PACKED, RETURNED
from kefu.stock.actions.issuing import post_issue
from kefu.stock.actions.returning import post_return
from kefu.stock.queries import warehouse_for


@action
def dispatch(
    *,
    purchase: Purchase,
    mode: DeliveryMode = DeliveryMode.HANDED,
    carrier: str = "",
    waybill: str = "",
    packing: Sequence[str] = (),
    by: User,
    at: datetime,
) -> Shipment:
    """Ship by the list: stock leaves lot by lot by the product's policy, or nothing does (JRN-015).

    Raises Refused `stock_short` with what is missing, `purchase_state` unless signed, `no_warehouse`; Invalid for a posted parcel without waybill.
    """
    require(by, SalesPermission.DISPATCH, customer=purchase.customer)
    purchase = locked(purchase, PurchaseState.SIGNED)
    subject = Subject(KIND, purchase.pk)
    check(DISPATCH, by=by, at=at, customer_id=purchase.customer_id, subject=subject)
    if mode == DeliveryMode.POSTED and not waybill.strip():
        raise Invalid.one("waybill", "required", _("邮寄要写运单号。"))
    warehouse = warehouse_for(purchase.customer.node_id)
    if warehouse is None:
        raise Refused("no_warehouse", _("这个中心还没有库房，请先设置。"))
    lines = [line for line in purchase.lines.select_related("product") if line.quantity]
    slip = post_issue(
        warehouse=warehouse, lines=[(line.product, line.quantity) for line in lines], subject=subject,
        customer_id=purchase.customer_id, permission=SalesPermission.DISPATCH, by=by, at=at,
    )  # fmt: skip
    shipment = Shipment.objects.create(
        purchase=purchase,
        slip=slip,
        mode=mode,
        carrier=carrier.strip(),
        waybill=waybill.strip(),
        packing=list(packing),
        by=by,
        at=at,
    )
    purchase.state = PurchaseState.DISPATCHED
    purchase.save()
    details = [PACKED(product=line.product, packs=line.quantity) for line in lines]
    record_fact(customer=purchase.customer, kind=FactKind.DISPATCH, item=DISPATCHED(slip=slip.number),
                lines=details, subject=subject, by=by, at=at)  # fmt: skip
    record("sales.purchase.dispatched", by=by, at=at, subject=subject, customer_id=purchase.customer_id, node_id=purchase.node_id,
           changes={"state": (PurchaseState.SIGNED, purchase.state), "slip": (None, slip.number), "waybill": (None, shipment.waybill)})  # fmt: skip
    announce(PurchaseDispatched(purchase_id=purchase.pk, customer_id=purchase.customer_id, by=by, at=at))
    return shipment


@action
def take_back(*, purchase: Purchase, reason: str, by: User, at: datetime) -> Purchase:
    """Take dispatched goods back into stock; the charge is cancelled. Raises Refused `purchase_state`, Invalid without a reason."""
    require(by, SalesPermission.DISPATCH, customer=purchase.customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    purchase = locked(purchase, PurchaseState.DISPATCHED)
    shipment = purchase.shipments.filter(returned_at__isnull=True).latest("pk")
    post_return(slip=shipment.slip, reason=reason, permission=SalesPermission.DISPATCH, by=by, at=at)
    shipment.returned_at, shipment.returned_reason = at, reason.strip()
    shipment.save()
    purchase.state, purchase.ended_reason = PurchaseState.RETURNED, reason.strip()
    purchase.save()
    void_charge(purchase=purchase, reason=reason, by=by, at=at)
    subject = Subject(KIND, purchase.pk)
    record_fact(customer=purchase.customer, kind=FactKind.DISPATCH, item=RETURNED(number=purchase.number),
                lines=[reason], subject=subject, by=by, at=at)  # fmt: skip
    record("sales.purchase.returned", by=by, at=at, subject=subject, customer_id=purchase.customer_id, node_id=purchase.node_id,
           changes={"state": (PurchaseState.DISPATCHED, purchase.state)}, reason=reason)  # fmt: skip
    announce(PurchaseReturned(purchase_id=purchase.pk, customer_id=purchase.customer_id, reason=reason, by=by, at=at))
    return purchase
