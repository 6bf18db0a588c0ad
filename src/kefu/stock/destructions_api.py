"""Destructions over the API: candidates, asking, verifying, approving, destroying, filing (STK-011)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from ninja import Query, Router, Status
from pydantic import Field

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Moment, Out, Text
from kefu.kernel.ids import ident
from kefu.stock import actions, queries
from kefu.stock.choices import DestructionMethod, DestructionState
from kefu.stock.models import Destruction, DestructionStep
from kefu.stock.permissions import StockPermission

router = Router(tags=["stock"])
BALANCE, DESTRUCTION = "bal", "dst"
Words = Annotated[Text, Field(max_length=200)]
Packs = Annotated[int, Field(ge=1, le=1_000_000)]


class CandidateFilter(Page):
    """All warehouses within reach, or one by its code."""

    warehouse: Ident | None = None


class CandidateOut(Out):
    """Goods that must not be used any more; `packs` of them nobody asked to destroy yet."""

    id: str
    warehouse: str
    zone: str
    product: str
    name: str
    lot: str
    expiry: Day | None
    quality: str
    cause: str
    packs: int


class DestructionFilter(Page):
    """All requests, or those in one state."""

    state: Ident | None = None


class DestructionIn(In):
    """Which goods, how many, why."""

    balance: Ident
    packs: Packs
    reason: Words


class VerifiedIn(In):
    """How many there really are."""

    packs: Packs
    note: Words = ""


class DestructionDecisionIn(In):
    """What leadership says; a no says why."""

    decision: Literal["approved", "rejected", "to_maker"]
    reason: Words = ""


class DestroyedIn(In):
    """How and where, and the job number of who stood by."""

    method: Literal["burned", "crushed", "contractor", "other"]
    place: Annotated[Text, Field(max_length=100)]
    witness: Ident
    note: Words = ""


class DestructionNoteIn(In):
    """A remark."""

    note: Words = ""


class ReasonIn(In):
    """Why."""

    reason: Words


class DestructionStepOut(Out):
    """Who did what, and when."""

    kind: str
    by: str
    at: Moment
    packs: int | None
    method: str
    place: str
    witness: str | None
    note: str


class DestructionOut(Out):
    """A request; `packs` as verified, `asked` as asked for."""

    id: str
    number: str
    warehouse: str
    product: str
    lot: str
    cause: str
    reason: str
    asked: int
    packs: int
    state: str
    asked_at: Moment


class DestructionWithSteps(DestructionOut):
    """A request, what is set aside for it now, and its steps."""

    held: int
    steps: list[DestructionStepOut]


@router.get(
    "destruction-candidates",
    response={200: Listing[CandidateOut], **RESPONSES},
    operation_id="destruction_candidates_list",
)
@needs(StockPermission.DESTRUCTION_VIEW)
def list_candidates(request: ApiRequest, query: Query[CandidateFilter]) -> dict[str, object]:
    """What must not be used any more and nobody asked about yet."""
    rows = queries.candidates_listed(request.user, {"warehouse": query.warehouse or ""}, request.at)
    return listing(rows, query, order=("id",), show=_show_candidate)


@router.get("destructions", response={200: Listing[DestructionOut], **RESPONSES}, operation_id="destructions_list")
@needs(StockPermission.DESTRUCTION_VIEW)
def list_destructions(request: ApiRequest, query: Query[DestructionFilter]) -> dict[str, object]:
    """The requests within reach, newest first."""
    rows = queries.destructions_listed(request.user, {"state": query.state or ""}, request.at)
    return listing(rows, query, order=("-id",), show=_show)


@router.post("destructions", response={201: DestructionWithSteps, **RESPONSES}, operation_id="destructions_create")
@needs(StockPermission.DESTRUCTION_REQUEST)
def create_destruction(request: ApiRequest, body: DestructionIn) -> Status[dict[str, object]]:
    """Ask to destroy goods; they are set aside at once. The photo is added on the page of the request before anybody verifies."""
    rows = queries.candidates_listed(request.user, {}, request.at)
    balance = reference(rows, body.balance, BALANCE, field="balance")
    made = actions.request_destruction(
        balance=balance, packs=body.packs, reason=body.reason, by=request.user, at=request.at
    )
    return Status(201, _show_steps(_find(request, made.pk)))


@router.get(
    "destructions/{destruction_id}",
    response={200: DestructionWithSteps, **RESPONSES},
    operation_id="destructions_show",
)
@needs(StockPermission.DESTRUCTION_VIEW)
def show_destruction(request: ApiRequest, destruction_id: str) -> dict[str, object]:
    """A request with its steps."""
    return _show_steps(_destruction(request, destruction_id))


@router.post(
    "destructions/{destruction_id}/verification",
    response={200: DestructionWithSteps, **RESPONSES},
    operation_id="destructions_verify",
)
@needs(StockPermission.DESTRUCTION_VERIFY)
def verify(request: ApiRequest, destruction_id: str, body: VerifiedIn) -> dict[str, object]:
    """The product department has counted; packs beyond that are put back."""
    one = _destruction(request, destruction_id)
    actions.verify_destruction(destruction=one, packs=body.packs, note=body.note, by=request.user, at=request.at)
    return _show_steps(_find(request, one.pk))


@router.post(
    "destructions/{destruction_id}/decision",
    response={200: DestructionWithSteps, **RESPONSES},
    operation_id="destructions_decide",
)
@needs(StockPermission.DESTRUCTION_APPROVE)
def decide(request: ApiRequest, destruction_id: str, body: DestructionDecisionIn) -> dict[str, object]:
    """Leadership approves, or sends the goods back to stock or to the maker."""
    one = _destruction(request, destruction_id)
    decision = DestructionState(body.decision)
    actions.decide_destruction(destruction=one, decision=decision, reason=body.reason, by=request.user, at=request.at)
    return _show_steps(_find(request, one.pk))


@router.post(
    "destructions/{destruction_id}/destruction",
    response={200: DestructionWithSteps, **RESPONSES},
    operation_id="destructions_destroy",
)
@needs(StockPermission.DESTRUCTION_REQUEST)
def destroyed(request: ApiRequest, destruction_id: str, body: DestroyedIn) -> dict[str, object]:
    """The goods were destroyed before a second person."""
    one = _destruction(request, destruction_id)
    witness = reference(queries.witnesses(one.warehouse), body.witness, "usr", "job_number", field="witness")
    actions.destroy(
        destruction=one, method=DestructionMethod(body.method), place=body.place, witness=witness, note=body.note,
        by=request.user, at=request.at,
    )  # fmt: skip
    return _show_steps(_find(request, one.pk))


@router.post(
    "destructions/{destruction_id}/closing",
    response={200: DestructionWithSteps, **RESPONSES},
    operation_id="destructions_close",
)
@needs(StockPermission.DESTRUCTION_REQUEST)
def close(request: ApiRequest, destruction_id: str, body: DestructionNoteIn) -> dict[str, object]:
    """Write off and file; the signed record must be attached."""
    one = _destruction(request, destruction_id)
    actions.close_destruction(destruction=one, note=body.note, by=request.user, at=request.at)
    return _show_steps(_find(request, one.pk))


@router.post(
    "destructions/{destruction_id}/sending-back",
    response={200: DestructionWithSteps, **RESPONSES},
    operation_id="destructions_send_back",
)
@needs(StockPermission.DESTRUCTION_REQUEST)
def send_back(request: ApiRequest, destruction_id: str, body: DestructionNoteIn) -> dict[str, object]:
    """The goods went back to the maker, and how."""
    one = _destruction(request, destruction_id)
    actions.send_back(destruction=one, note=body.note, by=request.user, at=request.at)
    return _show_steps(_find(request, one.pk))


@router.post(
    "destructions/{destruction_id}/withdrawal",
    response={200: DestructionWithSteps, **RESPONSES},
    operation_id="destructions_withdraw",
)
@needs(StockPermission.DESTRUCTION_REQUEST)
def withdraw(request: ApiRequest, destruction_id: str, body: ReasonIn) -> dict[str, object]:
    """Give a request up; the goods are put back."""
    one = _destruction(request, destruction_id)
    actions.withdraw_destruction(destruction=one, reason=body.reason, by=request.user, at=request.at)
    return _show_steps(_find(request, one.pk))


def _destruction(request: ApiRequest, destruction_id: str) -> Destruction:
    return reference(queries.destructions_listed(request.user, {}, request.at), destruction_id, DESTRUCTION)


def _find(request: ApiRequest, pk: int) -> Destruction:
    return queries.destructions_listed(request.user, {}, request.at).get(pk=pk)


def _show_candidate(row: Any) -> dict[str, object]:
    return {
        "id": ident(BALANCE, row.pk),
        "warehouse": row.warehouse.code,
        "zone": row.zone.code,
        "product": row.product.code,
        "name": row.product.label,
        "lot": row.lot.code,
        "expiry": row.lot.expiry,
        "quality": row.quality,
        "cause": row.cause,
        "packs": row.loose,
    }


def _show(row: Destruction) -> dict[str, object]:
    return {
        "id": ident(DESTRUCTION, row.pk),
        "number": row.number,
        "warehouse": row.warehouse.code,
        "product": row.held.product.code,
        "lot": row.held.lot.code,
        "cause": row.cause,
        "reason": row.reason,
        "asked": row.packs,
        "packs": row.counted,
        "state": row.state,
        "asked_at": row.at,
    }


def _show_steps(row: Destruction) -> dict[str, object]:
    steps = [_show_step(step) for step in row.steps.select_related("by", "witness")]
    return _show(row) | {"held": queries.still_held(row), "steps": steps}


def _show_step(step: DestructionStep) -> dict[str, object]:
    return {
        "kind": step.kind,
        "by": step.by.job_number,
        "at": step.at,
        "packs": step.packs,
        "method": step.method,
        "place": step.place,
        "witness": step.witness.job_number if step.witness else None,
        "note": step.note,
    }
