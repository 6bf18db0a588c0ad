"""What changes after the signature, over the API: reversal slips and settlement slips (PRD-005)."""

from __future__ import annotations

from typing import Annotated

from django.utils.translation import gettext_lazy as _
from ninja import Router, Status
from pydantic import Field

from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Count, Ident, In, Line, Moment, Money, Nothing, Out
from kefu.kernel.errors import Invalid
from kefu.kernel.ids import ident
from kefu.products.models import Product
from kefu.sales import actions
from kefu.sales.models import Purchase, PurchaseLine, Reversal, Settlement
from kefu.sales.permissions import SalesPermission
from kefu.stock.models import IssueLine

router = Router(tags=["purchases"])


class WithdrawnIn(In):
    """Packs of a product that have not left and are not wanted any more."""

    product: Ident
    quantity: Count


class GoodsBackIn(In):
    """Packs of a lot that came back on an issue slip: intact, and opened or damaged."""

    slip: Ident
    lot: Line
    intact: Count = 0
    damaged: Count = 0


class InsteadIn(In):
    """Packs of a prescribed product that are bought instead."""

    product: Ident
    quantity: Count


class ReversalIn(In):
    """What is not bought after all, why, and what is bought instead."""

    reason: Line
    withdrawn: Annotated[list[WithdrawnIn], Field(max_length=100)] = []
    returned: Annotated[list[GoodsBackIn], Field(max_length=200)] = []
    instead: Annotated[list[InsteadIn], Field(max_length=100)] = []


class ReversalLineOut(Out):
    """What fell away of a product."""

    product: str
    withdrawn: int
    intact: int
    damaged: int
    amount: Money


class ReversalOut(Out):
    """A reversal slip; its amounts are below zero. `instead` is the purchase that still has to be signed."""

    id: str
    number: str
    purchase: str
    amount: Money
    reason: str
    instead: str | None
    at: Moment
    lines: list[ReversalLineOut]


class ShortageOut(Out):
    """Packs of a product that were short, and how many still are."""

    product: str
    specification: str
    packs: int
    left: int


class SettlementOut(Out):
    """A settlement slip; `due` below zero has to go back."""

    id: str
    number: str
    purchase: str
    total: Money
    reversed: Money
    paid: Money
    due: Money
    at: Moment
    short: list[ShortageOut]


@router.post(
    "purchases/{purchase_id}/reversals", response={201: ReversalOut, **RESPONSES}, operation_id="reversals_create"
)
@needs(SalesPermission.ENTER)
def create_reversal(request: ApiRequest, purchase_id: Line, body: ReversalIn) -> Status[object]:
    """Make a reversal slip; 409 `not_open` and `returns_too_much` say what is left."""
    purchase = _purchase(request, purchase_id)
    lines = {line.product_id: line for line in purchase.lines.all()}
    withdrawn = {_line(lines, one.product).pk: one.quantity for one in body.withdrawn}
    returned = [actions.Back(_issued(purchase, one), one.intact, one.damaged) for one in body.returned]
    instead = [actions.Line(_product(one.product, "instead"), one.quantity) for one in body.instead]
    slip = actions.reverse(
        purchase=purchase, reason=body.reason, withdrawn=withdrawn, returned=returned, instead=instead, by=request.user, at=request.at
    )  # fmt: skip
    return Status(201, _show(slip))


@router.get("reversals/{reversal_id}", response={200: ReversalOut, **RESPONSES}, operation_id="reversals_read")
@needs(SalesPermission.VIEW)
def read_reversal(request: ApiRequest, reversal_id: Line) -> dict[str, object]:
    """One reversal slip."""
    rows = Reversal.objects.visible_to(request.user).select_related("purchase", "instead")
    return _show(reference(rows, reversal_id, "rev", "number"))


@router.post(
    "purchases/{purchase_id}/settlements", response={201: SettlementOut, **RESPONSES}, operation_id="settlements_create"
)
@needs(SalesPermission.ENTER)
def create_settlement(request: ApiRequest, purchase_id: Line, body: Nothing) -> Status[object]:
    """Issue a settlement slip of how the purchase stands now."""
    slip = actions.settle(purchase=_purchase(request, purchase_id), by=request.user, at=request.at)
    return Status(201, _settled(slip))


def _show(slip: Reversal) -> dict[str, object]:
    lines = [
        {"product": one.line.product.code, "withdrawn": one.withdrawn, "intact": one.intact, "damaged": one.damaged, "amount": -one.amount}
        for one in slip.lines.select_related("line__product")
    ]  # fmt: skip
    return {"id": ident("rev", slip.pk), "number": slip.number, "purchase": slip.purchase.number, "amount": -slip.amount, "reason": slip.reason,
            "instead": slip.instead.number if slip.instead else None, "at": slip.at, "lines": lines}  # fmt: skip


def _settled(slip: Settlement) -> dict[str, object]:
    short = [
        {"product": one.line.product.code, "specification": one.line.product.specification, "packs": one.packs, "left": one.left}
        for one in slip.shortages.select_related("line__product").order_by("pk")
    ]  # fmt: skip
    return {"id": ident("set", slip.pk), "number": slip.number, "purchase": slip.purchase.number, "total": slip.total, "reversed": slip.reversed,
            "paid": slip.paid, "due": slip.due, "at": slip.at, "short": short}  # fmt: skip


def _purchase(request: ApiRequest, text: str) -> Purchase:
    visible = Purchase.objects.visible_to(request.user).select_related("customer__node")
    return reference(visible, text, "pur", "number")


def _product(text: str, field: str) -> Product:
    return reference(Product.objects.all(), text, "prd", "code", field=field)


def _line(lines: dict[int, PurchaseLine], text: str) -> PurchaseLine:
    line = lines.get(_product(text, "withdrawn").pk)
    if line is None:
        raise Invalid.one("withdrawn", "unknown", _("这张购买单上没有这个产品。"))
    return line


def _issued(purchase: Purchase, one: GoodsBackIn) -> IssueLine:
    """The line of a parcel that a lot left on."""
    slips = purchase.shipments.filter(returned_at__isnull=True).values("slip")
    rows = IssueLine.objects.filter(slip__in=slips, slip__number=one.slip, lot__code=one.lot)
    found = rows.select_related("lot", "slip__warehouse").order_by("pk").first()
    if found is None:
        raise Invalid.one("returned", "unknown", _("这张购买单的出库单上没有这个批号。"))
    return found
