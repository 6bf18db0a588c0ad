"""Runs and what is short over the API; the other registers stand beside it."""

from __future__ import annotations

from typing import Annotated, Literal

from ninja import Query, Router, Status
from pydantic import Field

from kefu.dispatch import actions, backs_api, queries, sheets_api, wishes_api
from kefu.dispatch.actions import Plan
from kefu.dispatch.choices import RunKind
from kefu.dispatch.models import Run, ShortItem
from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Ident, In, Line, Moment, Nothing, Out, Text
from kefu.kernel.ids import ident
from kefu.stock.models import Warehouse

router = Router(tags=["dispatch"])
router.add_router("", backs_api.router)
router.add_router("", sheets_api.router)
router.add_router("", wishes_api.router)
RUN, SHORT = "run", "sho"
Packs = Annotated[int, Field(ge=1, le=1_000_000)]
Reason = Annotated[Text, Field(max_length=200)]


class PlanIn(In):
    """What is known of a run; of a coach plate, driver's telephone, arrival and pick-up point."""

    kind: Literal["vehicle", "coach", "carrier"]
    departs_at: Moment
    arrives_at: Moment | None = None
    company: Line = ""
    plate: Line = ""
    driver: Line = ""
    driver_phone: Line = ""
    pickup_point: Line = ""


class RunIn(PlanIn):
    """A run of a warehouse, by id or code."""

    warehouse: Ident


class LoadIn(In):
    """Packs of an order, by its number."""

    order: Ident
    packs: Packs


class RunReasonIn(In):
    """Why it does not go."""

    reason: Reason


class SuppliedIn(In):
    """Packs that were supplied, and how."""

    packs: Packs
    how: Annotated[Text, Field(max_length=100)]


class LoadedOut(Out):
    """An order on a run."""

    order: str
    packs: int


class RunOut(Out):
    """A run with its orders."""

    id: str
    number: str
    warehouse: str
    kind: str
    company: str
    plate: str
    driver: str
    driver_phone: str
    departs_at: Moment
    arrives_at: Moment | None
    pickup_point: str
    state: str
    orders: list[LoadedOut]


class ShortOut(Out):
    """Packs of an order that did not go along, and how many are still owed."""

    id: str
    order: str
    run: str
    product: str
    packs: int
    open: int


class RunFilter(Page):
    """State."""

    state: Ident | None = None


class ShortFilter(Page):
    """Of an order, by its number."""

    order: Ident | None = None


@router.get("dispatch/runs", response={200: Listing[RunOut], **RESPONSES}, operation_id="dispatch_runs_list")
@needs(DispatchPermission.VIEW)
def list_runs(request: ApiRequest, query: Query[RunFilter]) -> dict[str, object]:
    """The runs within reach, newest first."""
    rows = queries.runs_listed(request.user, {"state": query.state or ""}, request.at)
    return listing(rows.prefetch_related("lines__purchase"), query, order=("-id",), show=_show)


@router.post("dispatch/runs", response={201: RunOut, **RESPONSES}, operation_id="dispatch_runs_create")
@needs(DispatchPermission.REGISTER)
def create_run(request: ApiRequest, body: RunIn) -> Status[dict[str, object]]:
    """Register a run."""
    mine = Warehouse.objects.filter(scope(request.user, DispatchPermission.REGISTER, node="node_id"), active=True)
    warehouse = reference(mine, body.warehouse, "whs", "code", field="warehouse")
    return Status(201, _show(actions.plan_run(warehouse=warehouse, plan=_plan(body), by=request.user, at=request.at)))


@router.post("dispatch/runs/{run_id}/plan", response={200: RunOut, **RESPONSES}, operation_id="dispatch_runs_change")
@needs(DispatchPermission.REGISTER)
def change_run(request: ApiRequest, run_id: str, body: PlanIn) -> dict[str, object]:
    """Something about the run is different; customers of a coach that has left are told again."""
    return _show(actions.change_run(run=_run(request, run_id), plan=_plan(body), by=request.user, at=request.at))


@router.post("dispatch/runs/{run_id}/orders", response={200: RunOut, **RESPONSES}, operation_id="dispatch_runs_load")
@needs(DispatchPermission.REGISTER)
def load_run(request: ApiRequest, run_id: str, body: LoadIn) -> dict[str, object]:
    """Load packs of an order."""
    run = _run(request, run_id)
    actions.add_line(run=run, order=body.order, packs=body.packs, by=request.user, at=request.at)
    return _show(_run(request, run_id))


@router.post("dispatch/runs/{run_id}/departure", response={200: RunOut, **RESPONSES}, operation_id="dispatch_runs_depart")  # fmt: skip
@needs(DispatchPermission.REGISTER)
def depart(request: ApiRequest, run_id: str, body: Nothing) -> dict[str, object]:
    """It leaves; customers of a coach are told where to meet it."""
    return _show(actions.depart(run=_run(request, run_id), by=request.user, at=request.at))


@router.post("dispatch/runs/{run_id}/cancellation", response={200: RunOut, **RESPONSES}, operation_id="dispatch_runs_cancel")  # fmt: skip
@needs(DispatchPermission.REGISTER)
def cancel_run(request: ApiRequest, run_id: str, body: RunReasonIn) -> dict[str, object]:
    """It does not go, or does not arrive."""
    return _show(actions.cancel_run(run=_run(request, run_id), reason=body.reason, by=request.user, at=request.at))


@router.get("dispatch/short", response={200: Listing[ShortOut], **RESPONSES}, operation_id="dispatch_short_list")
@needs(DispatchPermission.VIEW)
def list_short(request: ApiRequest, query: Query[ShortFilter]) -> dict[str, object]:
    """What is still owed of orders that went along, the oldest first."""
    rows = queries.short_listed(request.user, {"q": query.order or ""}, request.at)
    return listing(rows, query, order=("id",), show=_show_short)


@router.post("dispatch/short/{short_id}/supplies", response={200: ShortOut, **RESPONSES}, operation_id="dispatch_short_supply")  # fmt: skip
@needs(DispatchPermission.REGISTER)
def supply_short(request: ApiRequest, short_id: str, body: SuppliedIn) -> dict[str, object]:
    """Short packs were supplied."""
    item = reference(queries.short_listed(request.user, {"all": "1"}, request.at), short_id, SHORT)
    return _show_short(actions.supply_short(item=item, packs=body.packs, how=body.how, by=request.user, at=request.at))


def _plan(body: PlanIn) -> Plan:
    return Plan(
        RunKind(body.kind), body.departs_at, body.arrives_at, body.company, body.plate, body.driver, body.driver_phone, body.pickup_point
    )  # fmt: skip


def _run(request: ApiRequest, run_id: str) -> Run:
    return reference(queries.runs_listed(request.user, {}, request.at), run_id, RUN)


def _show(row: Run) -> dict[str, object]:
    same = (
        "number",
        "kind",
        "company",
        "plate",
        "driver",
        "driver_phone",
        "departs_at",
        "arrives_at",
        "pickup_point",
        "state",
    )
    return {
        "id": ident(RUN, row.pk),
        "warehouse": row.warehouse.code,
        **{name: getattr(row, name) for name in same},
        "orders": [{"order": line.purchase.number, "packs": line.packs} for line in row.lines.all()],
    }


def _show_short(row: ShortItem) -> dict[str, object]:
    return {
        "id": ident(SHORT, row.pk), "order": row.line.purchase.number, "run": row.line.run.number, "product": row.purchase_line.product.code,
        "packs": row.packs, "open": row.open,
    }  # fmt: skip
