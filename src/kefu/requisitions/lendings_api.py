"""Lendings over the API."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Query, Router, Status
from pydantic import Field

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Nothing, Out, Text
from kefu.kernel.ids import ident
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.requisitions import actions, queries
from kefu.requisitions.choices import Condition
from kefu.requisitions.models import Lending
from kefu.requisitions.permissions import RequisitionPermission
from kefu.stock.models import Warehouse
from kefu.stock.permissions import StockPermission

router = Router(tags=["requisitions"])
LENDING, LOT = "lnd", "lnl"
KEEP = (StockPermission.BRANCH_KEEP, StockPermission.CENTRAL_KEEP)
CONSENT = (RequisitionPermission.SIGN, RequisitionPermission.APPROVE)
Packs = Annotated[int, Field(ge=1, le=1_000_000)]
Reason = Annotated[Text, Field(max_length=200)]


class LentIn(In):
    """Packs of a product."""

    product: Ident
    packs: Packs


class LendingIn(In):
    """Goods to borrow from a warehouse until a day; the borrower by job number."""

    warehouse: Ident
    borrower: Ident
    purpose: Reason
    due_on: Day
    lines: Annotated[list[LentIn], Field(min_length=1, max_length=50)]


class LendingReasonIn(In):
    """Why not."""

    reason: Reason


class BroughtBackIn(In):
    """Packs of a lent lot that come back, or will not."""

    lot: Ident
    packs: Packs
    condition: Literal["good", "damaged", "lost"]
    note: Reason = ""


class LentLotOut(Out):
    """A lot that was handed over, and how many packs are out."""

    id: str
    product: str
    lot: str
    packs: int
    open: int


class LendingOut(Out):
    """A lending; `lots` is empty until the goods are handed over."""

    id: str
    number: str
    warehouse: str
    borrower: str
    purpose: str
    due_on: Day
    state: str
    lots: list[LentLotOut]


class LendingFilter(Page):
    """State, or `overdue`."""

    state: Ident | None = None


@router.get("lendings", response={200: Listing[LendingOut], **RESPONSES}, operation_id="lendings_list")
@needs(RequisitionPermission.VIEW)
def list_lendings(request: ApiRequest, query: Query[LendingFilter]) -> dict[str, object]:
    """The lendings within reach, newest first."""
    rows = queries.lendings_listed(request.user, {"state": query.state or ""}, request.at)
    return listing(rows.prefetch_related("lots__balance__lot__product"), query, order=("-id",), show=_show)


@router.post("lendings", response={201: LendingOut, **RESPONSES}, operation_id="lendings_create")
@needs(RequisitionPermission.DRAFT)
def create_lending(request: ApiRequest, body: LendingIn) -> Status[dict[str, object]]:
    """Ask for goods to be lent."""
    warehouse = reference(Warehouse.objects.visible_to(request.user), body.warehouse, "whs", "code", field="warehouse")
    people = User.objects.filter(is_active=True, is_system=False)
    borrower = reference(people, body.borrower, "usr", "job_number", field="borrower")
    lines = [
        (reference(Product.objects.all(), one.product, "prd", "code", field="lines"), one.packs) for one in body.lines
    ]
    made = actions.ask_lending(
        warehouse=warehouse, borrower=borrower, lines=lines, purpose=body.purpose, due_on=body.due_on, by=request.user,
        at=request.at,
    )  # fmt: skip
    return Status(201, _show(made))


@router.post("lendings/{lending_id}/consent", response={200: LendingOut, **RESPONSES}, operation_id="lendings_agree")
@needs(*CONSENT)
def agree(request: ApiRequest, lending_id: str, body: Nothing) -> dict[str, object]:
    """The manager agrees; the goods are set aside."""
    return _show(actions.agree_lending(lending=_one(request, lending_id), by=request.user, at=request.at))


@router.post("lendings/{lending_id}/refusal", response={200: LendingOut, **RESPONSES}, operation_id="lendings_refuse")
@needs(*CONSENT)
def refuse(request: ApiRequest, lending_id: str, body: LendingReasonIn) -> dict[str, object]:
    """The manager does not agree."""
    one = _one(request, lending_id)
    return _show(actions.refuse_lending(lending=one, reason=body.reason, by=request.user, at=request.at))


@router.post("lendings/{lending_id}/handing", response={200: LendingOut, **RESPONSES}, operation_id="lendings_hand")
@needs(*KEEP)
def hand(request: ApiRequest, lending_id: str, body: Nothing) -> dict[str, object]:
    """The keeper hands the goods over."""
    return _show(actions.hand_over(lending=_one(request, lending_id), by=request.user, at=request.at))


@router.post("lendings/{lending_id}/returns", response={200: LendingOut, **RESPONSES}, operation_id="lendings_return")
@needs(*KEEP, *CONSENT)
def bring_back(request: ApiRequest, lending_id: str, body: BroughtBackIn) -> dict[str, object]:
    """Packs come back, or will not."""
    one = _one(request, lending_id)
    lot = reference(one.lots.select_related("lending"), body.lot, LOT, field="lot")
    actions.bring_back(
        lot=lot, packs=body.packs, condition=Condition(body.condition), note=body.note, by=request.user, at=request.at
    )
    return _show(_one(request, lending_id))


def _one(request: ApiRequest, lending_id: str) -> Lending:
    return reference(queries.lendings_listed(request.user, {}, request.at), lending_id, LENDING)


def _show(row: Lending) -> dict[str, object]:
    return {
        "id": ident(LENDING, row.pk),
        "number": row.number,
        "warehouse": row.warehouse.code,
        "borrower": row.borrower.job_number,
        "purpose": row.purpose,
        "due_on": row.due_on,
        "state": row.state,
        "lots": [
            {
                "id": ident(LOT, lot.pk), "product": lot.balance.lot.product.code, "lot": lot.balance.lot.code,
                "packs": lot.packs, "open": lot.open,
            }
            for lot in row.lots.all()
        ],
    }  # fmt: skip
