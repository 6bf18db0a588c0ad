"""Requisitions with each verb, what is on its way, and lendings over the API."""

from __future__ import annotations

from typing import Annotated, Literal

from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status
from pydantic import Field

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Ident, In, Line, Moment, Nothing, Out, Text
from kefu.kernel.errors import Invalid
from kefu.kernel.ids import ident, parse_ident
from kefu.products.models import Product
from kefu.requisitions import actions, lendings_api, queries
from kefu.requisitions.actions import Granted
from kefu.requisitions.choices import Outcome, PackingPoint
from kefu.requisitions.models import Requisition, RequisitionLine, ShippedLine
from kefu.requisitions.permissions import RequisitionPermission
from kefu.stock.models import Warehouse
from kefu.stock.permissions import StockPermission

router = Router(tags=["requisitions"])
router.add_router("", lendings_api.router)
REQUISITION, LINE, SHIPPED = "req", "rql", "rqs"
VIEW = (RequisitionPermission.VIEW, RequisitionPermission.FIGURES_VIEW)
KEEP = (StockPermission.BRANCH_KEEP, StockPermission.CENTRAL_KEEP)
Packs = Annotated[int, Field(ge=1, le=1_000_000)]
Counted = Annotated[int, Field(ge=0, le=1_000_000)]
Reason = Annotated[Text, Field(max_length=200)]


class WantedIn(In):
    """Packs of a product, by id or code."""

    product: Ident
    packs: Packs


class RequisitionIn(In):
    """What a branch warehouse needs, from which other; without one from the central warehouse."""

    warehouse: Ident
    source: Ident | None = None
    lines: Annotated[list[WantedIn], Field(min_length=1, max_length=500)]
    note: Reason = ""


class GrantedIn(In):
    """Packs approved of a line; fewer than wanted need a reason."""

    line: Ident
    packs: Counted
    reason: Reason = ""


class RequisitionApprovalIn(In):
    """Lines that are reduced; the others are approved as they were asked for."""

    lines: Annotated[list[GrantedIn], Field(max_length=500)] = []


class RequisitionReasonIn(In):
    """Why it ends."""

    reason: Reason


class PickIn(In):
    """A scan, and how many packs were taken."""

    scan: Line
    packs: Packs


class PackingIn(In):
    """A point of the packing checklist that was looked at."""

    point: Literal["wrap", "carton", "full"]


class ParcelIn(In):
    """Boxes under a waybill."""

    carrier: Annotated[Line, Field(max_length=60)]
    waybill: Annotated[Line, Field(max_length=60)] = ""
    boxes: Annotated[int, Field(ge=1, le=999)] = 1


class ArrivedIn(In):
    """What of a line arrived good and broken."""

    line: Ident
    accepted: Counted
    damaged: Counted = 0


class ArrivalIn(In):
    """One person's count of all lines; two that agree book it."""

    lines: Annotated[list[ArrivedIn], Field(min_length=1, max_length=500)]


class SettlementIn(In):
    """What became of short packs of a line."""

    line: Ident
    outcome: Literal["found", "back", "lost"]
    packs: Packs
    reason: Reason


class RequisitionOut(Out):
    """A requisition; `open_packs` are on their way or not accounted for."""

    id: str
    number: str
    warehouse: str
    source: str
    state: str
    at: Moment
    slip: str | None
    open_packs: int


class RequisitionLineOut(Out):
    """A line with what was known when it was entered; `approved` is null until decided."""

    id: str
    product: str
    name: str
    proposed: int
    wanted: int
    approved: int | None
    reason: str


class ShippedOut(Out):
    """Packs of a lot that were sent, and what became of them."""

    id: str
    product: str
    lot: str
    packs: int
    accepted: int
    damaged: int
    open: int


class RequisitionDetailOut(RequisitionOut):
    """A requisition with its lines and lots."""

    lines: list[RequisitionLineOut]
    shipped: list[ShippedOut]


class RequisitionFilter(Page):
    """State (`open`: all that are not done) and warehouse code."""

    state: Ident | None = None
    warehouse: Ident | None = None


class TransferOut(ShippedOut):
    """A lot that is on its way."""

    requisition: str
    source: str
    warehouse: str


@router.get("requisitions", response={200: Listing[RequisitionOut], **RESPONSES}, operation_id="requisitions_list")
@needs(*VIEW)
def list_requisitions(request: ApiRequest, query: Query[RequisitionFilter]) -> dict[str, object]:
    """The requisitions within reach, newest first."""
    asked = {"state": query.state or "", "warehouse": query.warehouse or ""}
    return listing(queries.requisitions_listed(request.user, asked, request.at), query, order=("-id",), show=_show)


@router.post("requisitions", response={201: RequisitionDetailOut, **RESPONSES}, operation_id="requisitions_create")
@needs(RequisitionPermission.DRAFT)
def create_requisition(request: ApiRequest, body: RequisitionIn) -> Status[dict[str, object]]:
    """Enter what a branch needs."""
    target = reference(Warehouse.objects.visible_to(request.user), body.warehouse, "whs", "code", field="warehouse")
    others = Warehouse.objects.filter(active=True)
    if body.source:
        source = reference(others, body.source, "whs", "code", field="source")
    else:
        found = others.filter(central=True).order_by("code").first()
        if found is None:
            raise Invalid.one("source", "required", _("还没有总库房，请写明发货库房"))
        source = found
    products = Product.objects.all()
    wanted = [(reference(products, one.product, "prd", "code", field="lines"), one.packs) for one in body.lines]
    made = actions.draft(target=target, source=source, wanted=wanted, note=body.note, by=request.user, at=request.at)
    return Status(201, _detail(made))


@router.get(
    "requisitions/{requisition_id}", response={200: RequisitionDetailOut, **RESPONSES}, operation_id="requisitions_show"
)
@needs(*VIEW)
def show_requisition(request: ApiRequest, requisition_id: str) -> dict[str, object]:
    """A requisition with its lines and lots."""
    return _detail(_one(request, requisition_id))


@router.post(
    "requisitions/{requisition_id}/signature",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_sign",
)
@needs(RequisitionPermission.SIGN)
def sign(request: ApiRequest, requisition_id: str, body: Nothing) -> dict[str, object]:
    """The director of the branch signs."""
    return _detail(actions.sign(requisition=_one(request, requisition_id), by=request.user, at=request.at))


@router.post(
    "requisitions/{requisition_id}/check",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_check",
)
@needs(RequisitionPermission.FIGURES_CHECK)
def check(request: ApiRequest, requisition_id: str, body: Nothing) -> dict[str, object]:
    """Finance finds the figures right."""
    return _detail(actions.check_figures(requisition=_one(request, requisition_id), by=request.user, at=request.at))


@router.post(
    "requisitions/{requisition_id}/approval",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_approve",
)
@needs(RequisitionPermission.APPROVE)
def approve(request: ApiRequest, requisition_id: str, body: RequisitionApprovalIn) -> dict[str, object]:
    """The product department approves; the goods are set aside."""
    granted = {parse_ident(one.line, LINE) or 0: Granted(one.packs, one.reason) for one in body.lines}
    one = _one(request, requisition_id)
    return _detail(actions.approve(requisition=one, granted=granted, by=request.user, at=request.at))


@router.post(
    "requisitions/{requisition_id}/rejection",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_reject",
)
@needs(RequisitionPermission.SIGN, RequisitionPermission.FIGURES_CHECK, RequisitionPermission.APPROVE)
def reject(request: ApiRequest, requisition_id: str, body: RequisitionReasonIn) -> dict[str, object]:
    """Whose turn it is says no."""
    one = _one(request, requisition_id)
    return _detail(actions.reject(requisition=one, reason=body.reason, by=request.user, at=request.at))


@router.post(
    "requisitions/{requisition_id}/withdrawal",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_withdraw",
)
@needs(RequisitionPermission.DRAFT)
def withdraw(request: ApiRequest, requisition_id: str, body: RequisitionReasonIn) -> dict[str, object]:
    """Give it up before the goods leave."""
    one = _one(request, requisition_id)
    return _detail(actions.withdraw(requisition=one, reason=body.reason, by=request.user, at=request.at))


@router.post(
    "requisitions/{requisition_id}/picks",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_pick",
)
@needs(*KEEP)
def pick(request: ApiRequest, requisition_id: str, body: PickIn) -> dict[str, object]:
    """Check a scan against the pick list."""
    one = _one(request, requisition_id)
    actions.confirm_pick(requisition=one, scan=body.scan, packs=body.packs, by=request.user, at=request.at)
    return _detail(one)


@router.post(
    "requisitions/{requisition_id}/packing",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_pack",
)
@needs(*KEEP)
def pack(request: ApiRequest, requisition_id: str, body: PackingIn) -> dict[str, object]:
    """A point of the packing checklist was looked at."""
    one = _one(request, requisition_id)
    actions.tick_packing(requisition=one, point=PackingPoint(body.point), by=request.user, at=request.at)
    return _detail(one)


@router.post(
    "requisitions/{requisition_id}/parcels",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_parcel",
)
@needs(*KEEP)
def parcel(request: ApiRequest, requisition_id: str, body: ParcelIn) -> dict[str, object]:
    """Boxes under a waybill."""
    one = _one(request, requisition_id)
    actions.add_parcel(requisition=one, **body.dict(), by=request.user, at=request.at)
    return _detail(one)


@router.post(
    "requisitions/{requisition_id}/issue",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_issue",
)
@needs(*KEEP)
def issue(request: ApiRequest, requisition_id: str, body: Nothing) -> dict[str, object]:
    """Send what was picked on its way."""
    return _detail(actions.issue_goods(requisition=_one(request, requisition_id), by=request.user, at=request.at))


@router.post(
    "requisitions/{requisition_id}/arrival",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_arrive",
)
@needs(RequisitionPermission.DRAFT)
def arrive(request: ApiRequest, requisition_id: str, body: ArrivalIn) -> dict[str, object]:
    """One person's count; the state stays `issued` until two agree."""
    counted = {parse_ident(one.line, SHIPPED) or 0: (one.accepted, one.damaged) for one in body.lines}
    if len(counted) < len(body.lines):
        raise Invalid.one("lines", "duplicate", _("同一行填了两次"))
    one = _one(request, requisition_id)
    return _detail(actions.count_arrival(requisition=one, counted=counted, by=request.user, at=request.at))


@router.post(
    "requisitions/{requisition_id}/settlements",
    response={200: RequisitionDetailOut, **RESPONSES},
    operation_id="requisitions_settle",
)
@needs(*KEEP, RequisitionPermission.FIGURES_CHECK)
def settle(request: ApiRequest, requisition_id: str, body: SettlementIn) -> dict[str, object]:
    """Say what became of short packs; the same loss said by a second and third side is their consent."""
    one = _one(request, requisition_id)
    line = reference(one.shipped.select_related("requisition"), body.line, SHIPPED, field="line")
    waiting = line.settlements.filter(booked_at=None, outcome="lost", packs=body.packs).first()
    if waiting is not None and body.outcome == "lost":
        actions.agree_to_loss(settlement=waiting, by=request.user, at=request.at)
    else:
        given = {"outcome": Outcome(body.outcome), "packs": body.packs, "reason": body.reason}
        actions.settle(line=line, **given, by=request.user, at=request.at)  # type: ignore[arg-type]
    return _detail(_one(request, requisition_id))


@router.get("transfers", response={200: Listing[TransferOut], **RESPONSES}, operation_id="transfers_list")
@needs(*VIEW)
def list_transfers(request: ApiRequest, query: Query[RequisitionFilter]) -> dict[str, object]:
    """Lots that were sent and are not all there yet, newest first."""
    rows = queries.on_the_way(request.user, {"warehouse": query.warehouse or ""}, request.at)
    return listing(rows, query, order=("-id",), show=_transfer)


def _one(request: ApiRequest, requisition_id: str) -> Requisition:
    return reference(queries.requisitions_listed(request.user, {}, request.at), requisition_id, REQUISITION)


def _show(row: Requisition) -> dict[str, object]:
    return {
        "id": ident(REQUISITION, row.pk), "number": row.number, "warehouse": row.target.code, "source": row.source.code,
        "state": row.state, "at": row.at, "slip": row.slip.number if row.slip else None, "open_packs": row.open_packs,
    }  # fmt: skip


def _detail(row: Requisition) -> dict[str, object]:
    lines = row.lines.select_related("product").order_by("product__code", "pk")
    shipped = row.shipped.select_related("lot__product").order_by("pk")
    return _show(row) | {"lines": [_line(one) for one in lines], "shipped": [_shipped(one) for one in shipped]}


def _line(row: RequisitionLine) -> dict[str, object]:
    return {
        "id": ident(LINE, row.pk), "product": row.product.code, "name": row.product.label, "proposed": row.proposed,
        "wanted": row.wanted, "approved": row.approved, "reason": row.reason,
    }  # fmt: skip


def _shipped(row: ShippedLine) -> dict[str, object]:
    return {
        "id": ident(SHIPPED, row.pk), "product": row.lot.product.code, "lot": row.lot.code, "packs": row.packs,
        "accepted": row.accepted, "damaged": row.damaged, "open": row.open,
    }  # fmt: skip


def _transfer(row: ShippedLine) -> dict[str, object]:
    one = row.requisition
    return _shipped(row) | {"requisition": one.number, "source": one.source.code, "warehouse": one.target.code}
