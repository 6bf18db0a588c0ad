"""The daily list and shipping wishes over the API."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router, Status
from pydantic import Field

from kefu.dispatch import actions, queries
from kefu.dispatch.models import Wish
from kefu.dispatch.permissions import DispatchPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Moment, Nothing, Out, Text
from kefu.kernel.ids import ident
from kefu.sales.models import Purchase
from kefu.sales.permissions import SalesPermission
from kefu.stock.models import Warehouse

router = Router(tags=["dispatch"])
WISH = "wsh"
SEEN = (DispatchPermission.VIEW, SalesPermission.ENTER)
Words = Annotated[Text, Field(min_length=1, max_length=500)]


class DayFilter(In):
    """A warehouse by code, and a day."""

    warehouse: Ident
    day: Day | None = None


class DayOrderOut(Out):
    """An order with its figures of the day."""

    order: str
    ordered: int
    shipped: int
    brought_back: int
    open: int


class DayOut(Out):
    """The list of a day with its counts."""

    day: Day
    shipped_orders: int
    shipped_packs: int
    open_orders: int
    open_packs: int
    orders: list[DayOrderOut]


class WishIn(In):
    """What the customer of an order (by its number) wishes."""

    order: Ident
    text: Words
    wanted_on: Day | None = None


class NoteIn(In):
    """What one side says."""

    text: Words


class NoteOut(Out):
    """What was said by which side, and whether the other has read it."""

    side: str
    text: str
    at: Moment
    read: bool


class WishOut(Out):
    """A shipping wish with what was said."""

    id: str
    order: str
    wanted_on: Day | None
    state: str
    answer_by: Moment
    notes: list[NoteOut]


class WishFilter(Page):
    """State."""

    state: Ident | None = None


@router.get("dispatch/day", response={200: DayOut, **RESPONSES}, operation_id="dispatch_day_read")
@needs(DispatchPermission.VIEW)
def read_day(request: ApiRequest, query: Query[DayFilter]) -> dict[str, object]:
    """What was shipped on a day and what was not, order by order."""
    mine = Warehouse.objects.filter(scope(request.user, DispatchPermission.VIEW, node="node_id"))
    warehouse = reference(mine, query.warehouse, "whs", "code", field="warehouse")
    asked = {"warehouse": warehouse.code, "day": query.day.isoformat() if query.day else ""}
    day = queries.day_of(asked, request.at)
    rows = queries.figures_of(list(queries.day_listed(request.user, asked, request.at)), day)
    counts = queries.day_counts(rows)
    return {
        "day": day,
        "shipped_orders": counts.shipped_orders,
        "shipped_packs": counts.shipped_packs,
        "open_orders": counts.open_orders,
        "open_packs": counts.open_packs,
        "orders": [
            {
                "order": row.purchase.number, "ordered": row.figures.ordered, "shipped": row.figures.left_today,
                "brought_back": row.figures.back_today, "open": row.figures.open,
            }
            for row in rows
        ],
    }  # fmt: skip


@router.get("dispatch/wishes", response={200: Listing[WishOut], **RESPONSES}, operation_id="dispatch_wishes_list")
@needs(*SEEN)
def list_wishes(request: ApiRequest, query: Query[WishFilter]) -> dict[str, object]:
    """Shipping wishes within reach, newest first, of one state."""
    rows = queries.wishes_listed(request.user, {"state": query.state or ""}, request.at)
    return listing(rows.prefetch_related("notes__reading"), query, order=("-id",), show=_show_wish)


@router.post("dispatch/wishes", response={201: WishOut, **RESPONSES}, operation_id="dispatch_wishes_create")
@needs(SalesPermission.ENTER)
def create_wish(request: ApiRequest, body: WishIn) -> Status[dict[str, object]]:
    """Pass on what a customer wishes."""
    mine = Purchase.objects.visible_to(request.user, SalesPermission.ENTER).select_related("customer")
    purchase = reference(mine, body.order, "pur", "number", field="order")
    made = actions.ask_wish(purchase=purchase, text=body.text, wanted_on=body.wanted_on, by=request.user, at=request.at)
    return Status(201, _show_wish(made))


@router.post("dispatch/wishes/{wish_id}/replies", response={200: WishOut, **RESPONSES}, operation_id="dispatch_wishes_reply")  # fmt: skip
@needs(DispatchPermission.REGISTER)
def reply(request: ApiRequest, wish_id: str, body: NoteIn) -> dict[str, object]:
    """The department replies."""
    return _show_wish(actions.reply(wish=_wish(request, wish_id), text=body.text, by=request.user, at=request.at))


@router.post("dispatch/wishes/{wish_id}/told", response={200: WishOut, **RESPONSES}, operation_id="dispatch_wishes_told")  # fmt: skip
@needs(SalesPermission.ENTER)
def pass_on(request: ApiRequest, wish_id: str, body: Nothing) -> dict[str, object]:
    """The customer was told the reply."""
    return _show_wish(actions.pass_on(wish=_wish(request, wish_id), by=request.user, at=request.at))


def _wish(request: ApiRequest, wish_id: str) -> Wish:
    return reference(queries.wishes_listed(request.user, {}, request.at), wish_id, WISH)


def _show_wish(row: Wish) -> dict[str, object]:
    return {
        "id": ident(WISH, row.pk), "order": row.purchase.number, "wanted_on": row.wanted_on, "state": row.state, "answer_by": row.answer_by,
        "notes": [{"side": one.side, "text": one.text, "at": one.at, "read": hasattr(one, "reading")} for one in row.notes.all()],
    }  # fmt: skip
