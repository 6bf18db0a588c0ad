"""Purchasing over the API: proposals, requests and their approval."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Query, Router, Status
from pydantic import Field

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Moment, Money, Nothing, Out, Text
from kefu.kernel.ids import ident
from kefu.purchasing import actions, orders_api, queries
from kefu.purchasing.actions import Wanted
from kefu.purchasing.choices import Verdict
from kefu.purchasing.models import Proposal, ProposalLine, PurchaseRequest, RequestLine, Supplier, Supply
from kefu.purchasing.permissions import PurchasingPermission
from kefu.stock.models import Warehouse

router = Router(tags=["purchasing"])
router.add_router("", orders_api.router)
PROPOSAL, LINE, REQUEST, SUPPLY = "ppr", "ppl", "prq", "sup"
DECIDING = (PurchasingPermission.PLAN_VIEW, PurchasingPermission.APPROVE)
Packs = Annotated[int, Field(ge=1, le=1_000_000)]


class SupplyOut(Out):
    """A product as a supplier sells it; `price` is that of today, null without one."""

    id: str
    supplier: str
    product: str
    article: str
    multiple: int
    minimum: int
    price: Money | None


class ProposalIn(In):
    """For which central warehouse, by id or code."""

    warehouse: Ident


class ProposalOut(Out):
    """A proposal; sales are counted from `since` up to, without, `until`."""

    id: str
    number: str
    warehouse: str
    since: Day
    until: Day
    products: int
    made_at: Moment


class ProposalPlaceOut(Out):
    """The part of one office or branch in a line."""

    node: str
    issued: int
    demand: int
    on_hand: int
    reserved: int
    on_the_way: int


class ProposalLineOut(Out):
    """A product with the inputs as they were, what the formula proposed, and what is to be bought."""

    id: str
    product: str
    supply: str | None
    supplier: str | None
    issued: int
    demand: int
    on_hand: int
    reserved: int
    on_the_way: int
    on_order: int
    safety: int
    lead_days: int
    proposed: int
    quantity: int
    reason: str
    places: list[ProposalPlaceOut]


class ProposalQuantityIn(In):
    """Another quantity of one line, and why."""

    line: Ident
    quantity: Annotated[int, Field(ge=0, le=1_000_000)]
    reason: Annotated[Text, Field(max_length=200)]


class RequestLineIn(In):
    """Packs of a supply (`sup_3`), or of a line of a proposal with its quantity."""

    supply: Ident
    packs: Packs
    proposal_line: Ident | None = None


class PurchaseRequestIn(In):
    """What is to be bought, and why."""

    warehouse: Ident
    reason: Annotated[Text, Field(max_length=500)]
    lines: Annotated[list[RequestLineIn], Field(min_length=1, max_length=200)]


class RequestLineOut(Out):
    """A line of a request."""

    product: str
    supplier: str
    packs: int
    price: Money


class RequestDecisionOut(Out):
    """What one of the leadership said."""

    by: str
    verdict: str
    reason: str
    at: Moment


class PurchaseRequestOut(Out):
    """A request; `levels` people must agree; `orders` are the numbers of what was made of it."""

    id: str
    number: str
    warehouse: str
    state: str
    reason: str
    amount: Money
    levels: int
    by: str
    at: Moment
    lines: list[RequestLineOut]
    decisions: list[RequestDecisionOut]
    orders: list[str]


class RequestDecisionIn(In):
    """Yes, or no with a reason."""

    verdict: Literal["approved", "declined"]
    reason: Annotated[str, Field(max_length=200)] = ""


@router.get("purchase-supplies", response={200: Listing[SupplyOut], **RESPONSES}, operation_id="purchase_supplies_list")
@needs(PurchasingPermission.PLAN_VIEW)
def list_supplies(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """What can be asked for: products of suppliers in use."""
    rows = queries.supplies_listed(request.user, {}, request.at).filter(active=True, supplier__active=True)
    return listing(rows, query, order=("id",), show=_show_supply)


@router.get(
    "purchase-proposals", response={200: Listing[ProposalOut], **RESPONSES}, operation_id="purchase_proposals_list"
)
@needs(PurchasingPermission.PLAN_VIEW)
def list_proposals(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """The proposals within reach, newest first."""
    rows = queries.proposals_listed(request.user, {}, request.at)
    return listing(rows, query, order=("-id",), show=_show_proposal)


@router.post("purchase-proposals", response={201: ProposalOut, **RESPONSES}, operation_id="purchase_proposals_create")
@needs(PurchasingPermission.PLAN_ACT)
def create_proposal(request: ApiRequest, body: ProposalIn) -> Status[dict[str, object]]:
    """Work out what to buy, now."""
    warehouse = reference(Warehouse.objects.visible_to(request.user), body.warehouse, "whs", "code", field="warehouse")
    made = actions.run_proposal(warehouse=warehouse, by=request.user, at=request.at)
    return Status(201, _show_proposal(_proposal(request, ident(PROPOSAL, made.pk))))


@router.get(
    "purchase-proposals/{proposal_id}/lines",
    response={200: Listing[ProposalLineOut], **RESPONSES},
    operation_id="purchase_proposals_lines",
)
@needs(PurchasingPermission.PLAN_VIEW)
def list_proposal_lines(request: ApiRequest, proposal_id: str, query: Query[Page]) -> dict[str, object]:
    """One line per product."""
    one = _proposal(request, proposal_id)
    rows = queries.lines_listed(request.user, {"proposal": one.number}, request.at)
    return listing(rows, query, order=("id",), show=_show_line)


@router.post(
    "purchase-proposals/{proposal_id}/quantities",
    response={200: ProposalLineOut, **RESPONSES},
    operation_id="purchase_proposals_change",
)
@needs(PurchasingPermission.PLAN_ACT)
def change_quantity(request: ApiRequest, proposal_id: str, body: ProposalQuantityIn) -> dict[str, object]:
    """Buy another quantity than proposed; the proposal stays beside it."""
    one = _proposal(request, proposal_id)
    rows = queries.lines_listed(request.user, {"proposal": one.number}, request.at)
    line = reference(rows, body.line, LINE, field="line")
    actions.change_quantity(line=line, quantity=body.quantity, reason=body.reason, by=request.user, at=request.at)
    return _show_line(rows.get(pk=line.pk))


@router.get(
    "purchase-requests", response={200: Listing[PurchaseRequestOut], **RESPONSES}, operation_id="purchase_requests_list"
)
@needs(*DECIDING)
def list_requests(request: ApiRequest, query: Query[Page]) -> dict[str, object]:
    """The requests within reach, newest first."""
    rows = queries.requests_listed(request.user, {}, request.at).prefetch_related("orders")
    return listing(rows, query, order=("-id",), show=_show_request)


@router.post(
    "purchase-requests", response={201: PurchaseRequestOut, **RESPONSES}, operation_id="purchase_requests_create"
)
@needs(PurchasingPermission.PLAN_ACT)
def create_request(request: ApiRequest, body: PurchaseRequestIn) -> Status[dict[str, object]]:
    """Ask leadership for a purchase at today's prices."""
    warehouse = reference(Warehouse.objects.visible_to(request.user), body.warehouse, "whs", "code", field="warehouse")
    supplies = Supply.objects.filter(supplier__in=Supplier.objects.visible_to(request.user))
    known = ProposalLine.objects.filter(
        proposal__in=Proposal.objects.visible_to(request.user), proposal__warehouse=warehouse
    )
    lines = [
        Wanted(
            reference(supplies, row.supply, SUPPLY, field="supply"),
            row.packs,
            reference(known, row.proposal_line, LINE, field="proposal_line") if row.proposal_line else None,
        )
        for row in body.lines
    ]
    made = actions.ask_purchase(warehouse=warehouse, lines=lines, reason=body.reason, by=request.user, at=request.at)
    return Status(201, _show_request(_request(request, ident(REQUEST, made.pk))))


@router.get(
    "purchase-requests/{request_id}",
    response={200: PurchaseRequestOut, **RESPONSES},
    operation_id="purchase_requests_show",
)
@needs(*DECIDING)
def show_request(request: ApiRequest, request_id: str) -> dict[str, object]:
    """A request with lines, decisions and orders."""
    return _show_request(_request(request, request_id))


@router.post(
    "purchase-requests/{request_id}/approval",
    response={200: PurchaseRequestOut, **RESPONSES},
    operation_id="purchase_requests_decide",
)
@needs(PurchasingPermission.APPROVE)
def decide_request(request: ApiRequest, request_id: str, body: RequestDecisionIn) -> dict[str, object]:
    """Say yes or no; the last yes makes an order for each supplier."""
    one = _request(request, request_id)
    verdict = Verdict(body.verdict)
    actions.decide_request(request=one, verdict=verdict, reason=body.reason, by=request.user, at=request.at)
    return _show_request(_request(request, request_id))


@router.post(
    "purchase-requests/{request_id}/withdrawal",
    response={200: PurchaseRequestOut, **RESPONSES},
    operation_id="purchase_requests_withdraw",
)
@needs(PurchasingPermission.PLAN_ACT)
def withdraw_request(request: ApiRequest, request_id: str, body: Nothing) -> dict[str, object]:
    """Take one's own request back."""
    actions.withdraw_request(request=_request(request, request_id), by=request.user, at=request.at)
    return _show_request(_request(request, request_id))


def _proposal(request: ApiRequest, proposal_id: str) -> Proposal:
    return reference(queries.proposals_listed(request.user, {}, request.at), proposal_id, PROPOSAL)


def _request(request: ApiRequest, request_id: str) -> PurchaseRequest:
    return reference(queries.requests_listed(request.user, {}, request.at), request_id, REQUEST)


def _show_supply(one: Supply) -> dict[str, object]:
    return {
        "id": ident(SUPPLY, one.pk), "supplier": one.supplier.institution.code, "product": one.product.code,
        "article": one.article, "multiple": one.multiple, "minimum": one.minimum, "price": one.price_now,
    }  # fmt: skip


def _show_proposal(one: Proposal) -> dict[str, object]:
    return {
        "id": ident(PROPOSAL, one.pk), "number": one.number, "warehouse": one.warehouse.code, "since": one.since,
        "until": one.until, "products": one.to_buy, "made_at": one.at,  # type: ignore[attr-defined]
    }  # fmt: skip


def _show_line(line: ProposalLine) -> dict[str, object]:
    figures = ("issued", "demand", "on_hand", "reserved", "on_the_way")
    own = ("on_order", "safety", "lead_days", "proposed", "quantity", "reason")
    return {
        "id": ident(LINE, line.pk),
        "product": line.product.code,
        "supply": ident(SUPPLY, line.supply_id) if line.supply_id else None,
        "supplier": line.supply.supplier.institution.code if line.supply else None,
        **{name: getattr(line, name) for name in (*figures, *own)},
        "places": [
            {"node": part.node.code, **{name: getattr(part, name) for name in figures}} for part in line.places.all()
        ],
    }


def _show_wanted(line: RequestLine) -> dict[str, object]:
    return {
        "product": line.supply.product.code, "supplier": line.supply.supplier.institution.code, "packs": line.packs,
        "price": line.price,
    }  # fmt: skip


def _show_request(one: PurchaseRequest) -> dict[str, object]:
    return {
        "id": ident(REQUEST, one.pk), "number": one.number, "warehouse": one.warehouse.code, "state": one.state,
        "reason": one.reason, "amount": queries.amount_asked(one), "levels": one.levels, "by": one.by.job_number, "at": one.at,
        "lines": [_show_wanted(line) for line in one.lines.all()],
        "decisions": [
            {"by": said.by.job_number, "verdict": said.verdict, "reason": said.reason, "at": said.at}
            for said in one.decisions.all()
        ],
        "orders": sorted(order.number for order in one.orders.all()),
    }  # fmt: skip
