"""A requisition taken to a state by the right people: for the tests of this module, of pages and permissions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.requisitions import actions
from kefu.requisitions.choices import State
from kefu.requisitions.models import Requisition
from kefu.requisitions.queries import packing_points, pick_rows
from kefu.stock.models import Warehouse

WAY = (State.DRAFT, State.SUBMITTED, State.CHECKED, State.APPROVED, State.ISSUED, State.RECEIVED)


@dataclass(frozen=True)
class Hands:
    """Through whose hands it goes."""

    keeper: User
    director: User
    finance: User
    product_manager: User
    central_keeper: User
    second: User


def bring_to(
    state: State, *, hands: Hands, source: Warehouse, target: Warehouse, wanted: Sequence[tuple[Product, int]], at: datetime
) -> Requisition:  # fmt: skip
    """A requisition on its usual way, as far as a state of `WAY`."""
    one = actions.draft(target=target, source=source, wanted=wanted, by=hands.keeper, at=at)
    for reached in WAY[1 : WAY.index(state) + 1]:
        match reached:
            case State.SUBMITTED:
                one = actions.sign(requisition=one, by=hands.director, at=at)
            case State.CHECKED:
                one = actions.check_figures(requisition=one, by=hands.finance, at=at)
            case State.APPROVED:
                one = actions.approve(requisition=one, by=hands.product_manager, at=at)
            case State.ISSUED:
                one = send(one, by=hands.central_keeper, at=at)
            case _:
                one = arrive(one, hands, at)
    return one


def send(one: Requisition, *, by: User, at: datetime) -> Requisition:
    """Picked by the codes of the products and their lots, packed, and on its way."""
    rows = pick_rows(one)
    for row in rows:
        lot = row.reservation.balance.lot
        text = f"(01)00000000000000(10){lot.code}"
        actions.confirm_pick(requisition=one, scan=text, packs=row.reservation.packs, by=by, at=at)
    for point in packing_points(one, rows, at):
        actions.tick_packing(requisition=one, point=point, by=by, at=at)
    actions.add_parcel(requisition=one, carrier="示范快递", waybill=f"SF{one.pk}", boxes=2, by=by, at=at)
    return actions.issue_goods(requisition=one, by=by, at=at)


def arrive(one: Requisition, hands: Hands, at: datetime, *, short: int = 0, damaged: int = 0) -> Requisition:
    """Counted by two with the same figures; so many packs of the first line are short or broken."""
    counted = {line.pk: (line.packs, 0) for line in one.shipped.all()}
    first, (packs, _none) = next(iter(counted.items()))
    counted[first] = (packs - short - damaged, damaged)
    for person in (hands.keeper, hands.second):
        one = actions.count_arrival(requisition=one, counted=counted, by=person, at=at)
    return one
