"""The keeper books in what both have counted the same (STK-003, STK-004)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Change, Subject, action, record
from kefu.kernel.errors import Refused
from kefu.organisation.models import User
from kefu.purchasing.actions.delivering import KIND, hold_delivery
from kefu.purchasing.choices import DeliveryState, OrderState, Side
from kefu.purchasing.models import Acceptance, Count, Delivery
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.queries.deliveries import beyond, costs_of, latest_counts, outstanding
from kefu.stock.actions import Arrival, post_receipt
from kefu.stock.choices import Quality


@action
def book_delivery(*, delivery: Delivery, by: User, at: datetime) -> Acceptance:
    """Book a delivery into the zones its goods belong to, damaged packs apart, and keep the slip. Completes the order when nothing is owed.

    Raises Refused "not_counted" until both sides have confirmed, "differs" until their figures are the same, "too_many" for what is
    beyond the order and not allowed; Invalid as `stock.actions.post_receipt`.
    """
    warehouse = delivery.warehouse
    require(by, PurchasingPermission.COUNT, node_id=warehouse.node_id)
    require(by, warehouse.keep_permission, node_id=warehouse.node_id)
    current = hold_delivery(delivery)
    keeper, product = _agreed(current)
    if over := beyond(current, keeper):
        words = "、".join(f"{one.label} {packs}" for one, packs in over.items())
        raise Refused("too_many", _("比采购单多：%(lots)s；请产品部同意多收，或退回多出的") % {"lots": words})
    receipt = post_receipt(
        warehouse=current.warehouse, arrivals=_arrivals(current, keeper, product), received_on=current.arrived_on,
        supplier=current.supplier.institution.zh, note=_note(current), by=by, at=at,
    )  # fmt: skip
    made = Acceptance.objects.create(
        delivery=current, receipt=receipt, digest=keeper.digest, keeper_count=keeper, keeper_by=keeper.by,
        product_count=product, product_by=product.by, by=by, at=at,
    )  # fmt: skip
    current.state = DeliveryState.BOOKED
    current.save(update_fields=["state"])
    _complete(current, by, at)
    changes: dict[str, Change] = {
        "receipt": (None, receipt.number),
        "keeper": (None, keeper.by.job_number),
        "product": (None, product.by.job_number),
    }
    subject = Subject(KIND, current.pk)
    record("purchasing.delivery.booked", by=by, at=at, subject=subject, node_id=warehouse.node_id, changes=changes)
    return made


def _agreed(delivery: Delivery) -> tuple[Count, Count]:
    counts = latest_counts(delivery)
    keeper, product = counts.get(Side.KEEPER), counts.get(Side.PRODUCT)
    if keeper is None or product is None:
        missing = Side.KEEPER if keeper is None else Side.PRODUCT
        raise Refused("not_counted", _("%(side)s还没有点收确认，不能入库") % {"side": missing.label})
    if keeper.by_id == product.by_id:
        raise Refused("both_sides", _("要两个人各自点收，不能入库"))
    if keeper.digest != product.digest:
        raise Refused("differs", _("两个人数的不一样，请一起重数"))
    return keeper, product


def _arrivals(delivery: Delivery, keeper: Count, product: Count) -> list[Arrival]:
    costs = costs_of(delivery)
    notes = {(line.product_id, line.lot): line.note for line in product.lines.all()}
    arrivals: list[Arrival] = []
    for line in keeper.lines.select_related("product__storage").order_by("pk"):
        note = line.note or notes.get((line.product_id, line.lot), "")
        for packs, quality in ((line.packs, Quality.GOOD), (line.damaged, Quality.DAMAGED)):
            if packs:
                cost = costs.get(line.product_id)
                arrivals.append(Arrival(line.product, line.lot, packs, line.expiry, None, quality, note, cost))
    return arrivals


def _note(delivery: Delivery) -> str:
    order = f" {delivery.order.number}" if delivery.order else f" {delivery.reason}"
    return f"{delivery.number}{order}"[:200]


def _complete(delivery: Delivery, by: User, at: datetime) -> None:
    """The order is complete when nothing is owed; otherwise it stays open for the rest."""
    order = delivery.order
    if order is None or any(left > 0 for left in outstanding(order).values()):
        return
    order.state, order.ended_by, order.ended_at = OrderState.COMPLETE, by, at
    order.save(update_fields=["state", "ended_by", "ended_at"])
    changes: dict[str, Change] = {"number": (None, order.number)}
    subject, node = Subject("purchasing.order", order.pk), delivery.warehouse.node_id
    record("purchasing.order.complete", by=by, at=at, subject=subject, node_id=node, changes=changes)
