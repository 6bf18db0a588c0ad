"""Prepaid packages over the API."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router, Status
from pydantic import Field

from kefu.billing import actions
from kefu.billing.checking import MOST
from kefu.billing.choices import EntryKind, Unit
from kefu.billing.models import Prepaid, PrepaidEntry
from kefu.billing.models.prepaid import PrepaidQuerySet
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.prepaid import ledger_of, prepaid_listed
from kefu.customers.models import Customer
from kefu.customers.references import customer_named
from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.references import reference
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Day, Ident, In, Line, Moment, Money, Nothing, Out
from kefu.kernel.ids import ident
from kefu.organisation.models import User

router = Router(tags=["billing"])
Units = Annotated[int, Field(ge=1, le=MOST)]
KEEP, ASK = BillingPermission.PREPAID_KEEP, BillingPermission.REFUND_ASK


class PrepaidIn(In):
    """Units of a service sold to a customer: `price` is that of all of them, `valid_until` the last day."""

    customer: Ident
    item: Line
    units: Units
    unit: Unit = Unit.LESSON
    price: Money
    valid_until: Day


class DeductionIn(In):
    """Units used on a day, what was done, the job number or id of who served, and the slip the customer signed."""

    units: Units
    on: Day
    item: Line
    served_by: Ident
    signature: Line | None = None


class FreezeIn(In):
    """Frozen from one day to another, both included."""

    starts: Day
    until: Day
    reason: Line


class TransferIn(In):
    """Units for another customer, with the paper both signed."""

    to: Ident
    units: Units
    paper: Line
    reason: Line


class UnitsBackIn(In):
    """Unused units that go back for money."""

    units: Units
    reason: Line


class WhyIn(In):
    """Why an entry is taken back."""

    reason: Line


class PrepaidFilter(Page):
    """Packages of a customer, or in a state: usable, low, frozen, used, expired."""

    customer: Ident | None = None
    state: Line | None = None


class PrepaidEntryOut(Out):
    """Units that came or went, with the balance after them; `counters` is the id of the entry that is taken back."""

    id: str
    kind: EntryKind
    units: int
    balance: int
    on: Day
    item: str
    served_by: str | None
    signature: str
    reason: str
    counters: str | None
    at: Moment


class PrepaidOut(Out):
    """A package; `charge` is none and `origin` the package that was bought where it came by a transfer."""

    id: str
    number: str
    customer: str
    item: str
    unit: Unit
    units: int
    balance: int
    valid_until: Day
    frozen: bool
    low: bool
    charge: str | None
    origin: str | None
    sold_at: Moment


class LedgerOut(PrepaidOut):
    """A package with its entries, the oldest first."""

    entries: list[PrepaidEntryOut]


ONE = {200: LedgerOut, **RESPONSES}
MADE = {201: LedgerOut, **RESPONSES}


@router.get("prepaid", response={200: Listing[PrepaidOut], **RESPONSES}, operation_id="prepaid_list")
@needs(BillingPermission.PREPAID_VIEW)
def list_prepaid(request: ApiRequest, query: Query[PrepaidFilter]) -> dict[str, object]:
    """Packages within reach, the newest first."""
    rows = prepaid_listed(request.user, {"state": query.state or ""}, request.at).select_related("origin")
    if query.customer is not None:
        visible = Customer.objects.visible_to(request.user, BillingPermission.PREPAID_VIEW)
        rows = rows.filter(customer=customer_named(visible, query.customer, field="customer"))
    return listing(rows, query, order=("-id",), show=_show)


@router.post("prepaid", response=MADE, operation_id="prepaid_create")
@needs(BillingPermission.PREPAID_SELL)
def create_prepaid(request: ApiRequest, body: PrepaidIn) -> Status[object]:
    """Sell a package; its charge is paid by `POST payments`."""
    visible = Customer.objects.visible_to(request.user, BillingPermission.PREPAID_SELL)
    customer = customer_named(visible.select_related("node"), body.customer, field="customer")
    made = actions.sell_prepaid(
        customer=customer, item=body.item, units=body.units, unit=body.unit, price=body.price, valid_until=body.valid_until,
        by=request.user, at=request.at,
    )  # fmt: skip
    return Status(201, _ledger(request, made.number))


@router.get("prepaid/{prepaid_id}", response=ONE, operation_id="prepaid_read")
@needs(BillingPermission.PREPAID_VIEW)
def read_prepaid(request: ApiRequest, prepaid_id: Line) -> dict[str, object]:
    """One package with its ledger."""
    return _ledger(request, prepaid_id)


@router.post("prepaid/{prepaid_id}/deductions", response=MADE, operation_id="prepaid_deduct")
@needs(KEEP)
def deduct(request: ApiRequest, prepaid_id: Line, body: DeductionIn) -> Status[object]:
    """Deduct units; 409 `not_enough` says what is left, further `frozen`, `expired`, `week_closed`."""
    people = User.objects.filter(is_active=True, is_system=False)
    actions.deduct(
        prepaid=_one(request, prepaid_id), units=body.units, on=body.on, item=body.item, signature=body.signature or "",
        served_by=reference(people, body.served_by, "usr", "job_number", field="served_by"), by=request.user, at=request.at,
    )  # fmt: skip
    return Status(201, _ledger(request, prepaid_id))


@router.post("prepaid-entries/{entry_id}/counter", response=MADE, operation_id="prepaid_counter")
@needs(KEEP)
def counter(request: ApiRequest, entry_id: Line, body: WhyIn) -> Status[object]:
    """Take a deduction back by a counter entry; 409 `countered`, `not_countered`, `week_settled`."""
    entry = _entry(request, entry_id)
    actions.counter(entry=entry, reason=body.reason, by=request.user, at=request.at)
    return Status(201, _ledger(request, entry.prepaid.number))


@router.post("prepaid-entries/{entry_id}/return", response=MADE, operation_id="prepaid_return")
@needs(ASK)
def put_back(request: ApiRequest, entry_id: Line, body: WhyIn) -> Status[object]:
    """Put units back whose money was not given; 409 `refund_stands`, `countered`, `not_countered`."""
    entry = _entry(request, entry_id)
    actions.return_units(entry=entry, reason=body.reason, by=request.user, at=request.at)
    return Status(201, _ledger(request, entry.prepaid.number))


@router.post("prepaid/{prepaid_id}/freezes", response=MADE, operation_id="prepaid_freeze")
@needs(KEEP)
def freeze(request: ApiRequest, prepaid_id: Line, body: FreezeIn) -> Status[object]:
    """Freeze a package, which lasts so much longer; 409 `frozen`, `deducted_then`, `nothing_left`."""
    actions.freeze(
        prepaid=_one(request, prepaid_id), starts=body.starts, until=body.until, reason=body.reason, by=request.user, at=request.at
    )  # fmt: skip
    return Status(201, _ledger(request, prepaid_id))


@router.post("prepaid/{prepaid_id}/thawing", response=ONE, operation_id="prepaid_thaw")
@needs(KEEP)
def thaw(request: ApiRequest, prepaid_id: Line, body: Nothing) -> dict[str, object]:
    """End the freeze that holds or comes; 409 `not_frozen`."""
    actions.thaw(prepaid=_one(request, prepaid_id), by=request.user, at=request.at)
    return _ledger(request, prepaid_id)


@router.post("prepaid/{prepaid_id}/transfers", response=MADE, operation_id="prepaid_transfer")
@needs(KEEP)
def transfer(request: ApiRequest, prepaid_id: Line, body: TransferIn) -> Status[object]:
    """Give units to another customer; answers the package that received them. 409 `not_enough`, `frozen`, `expired`."""
    visible = Customer.objects.visible_to(request.user, KEEP).select_related("node", "health_manager")
    received = actions.transfer(
        prepaid=_one(request, prepaid_id), to=customer_named(visible, body.to, field="to"), units=body.units, paper=body.paper,
        reason=body.reason, by=request.user, at=request.at,
    )  # fmt: skip
    return Status(201, _ledger(request, received.prepaid.number))


@router.post("prepaid/{prepaid_id}/refunds", response=MADE, operation_id="prepaid_refund")
@needs(ASK)
def refund(request: ApiRequest, prepaid_id: Line, body: UnitsBackIn) -> Status[object]:
    """Take unused units back; what was paid for them is asked back. 409 `not_enough`, `received`, `expired`."""
    actions.refund_units(
        prepaid=_one(request, prepaid_id), units=body.units, reason=body.reason, by=request.user, at=request.at
    )
    return Status(201, _ledger(request, prepaid_id))


def _rows(request: ApiRequest) -> PrepaidQuerySet:
    return prepaid_listed(request.user, {}, request.at).select_related("origin")


def _one(request: ApiRequest, prepaid_id: str) -> Prepaid:
    return reference(_rows(request), prepaid_id, "pre", "number")


def _entry(request: ApiRequest, entry_id: str) -> PrepaidEntry:
    reach = PrepaidEntry.objects.filter(prepaid__in=Prepaid.objects.visible_to(request.user))
    return reference(reach.select_related("prepaid__customer"), entry_id, "pen")


def _ledger(request: ApiRequest, prepaid_id: str) -> dict[str, object]:
    prepaid = _one(request, prepaid_id)
    return _show(prepaid) | {"entries": [_entry_out(one) for one in ledger_of(prepaid)]}


def _entry_out(one: PrepaidEntry) -> dict[str, object]:
    return {
        "id": ident("pen", one.pk), "kind": one.kind, "units": one.units, "balance": one.after, "on": one.on, "item": one.item,  # type: ignore[attr-defined]
        "served_by": one.served_by.job_number if one.served_by else None, "signature": one.signature, "reason": one.reason,
        "counters": ident("pen", one.counters_id) if one.counters_id else None, "at": one.at,
    }  # fmt: skip


def _show(one: Prepaid) -> dict[str, object]:
    return {
        "id": ident("pre", one.pk), "number": one.number, "customer": ident("cus", one.customer_id), "item": one.item, "unit": one.unit,
        "units": one.units, "balance": one.balance, "valid_until": one.valid_until, "frozen": one.is_frozen, "low": one.is_low,  # type: ignore[attr-defined]
        "charge": one.charge.number if one.charge else None, "origin": one.origin.number if one.origin else None, "sold_at": one.at,
    }  # fmt: skip
