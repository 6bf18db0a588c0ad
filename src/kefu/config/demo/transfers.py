"""Branches that ask the central warehouse for goods, one requisition in every state, and goods that were lent."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from functools import partial

from kefu.config.demo.play import Act, Scene
from kefu.config.demo.world import World
from kefu.foundation.access.queries import colleagues_with
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.requisitions import actions
from kefu.requisitions.choices import Condition, State
from kefu.requisitions.models import Requisition
from kefu.requisitions.queries import packing_points, pick_rows
from kefu.stock.models import Warehouse

MORNING = time(9, 40)
GOODS = ("N-014", "N-017", "N-001")
PAR = {"N-014": 24, "N-017": 12, "N-001": 10}
WAY = (State.SUBMITTED, State.CHECKED, State.APPROVED, State.ISSUED, State.DIFFERENCE)
STORY = (
    (9, "WH-SH", State.RECEIVED), (3, "WH-GZ", State.REJECTED), (2, "WH-GZ", State.DIFFERENCE), (2, "WH-SH", State.WITHDRAWN),
    (1, "WH-BJ", State.ISSUED), (1, "WH-BJ", State.APPROVED), (1, "WH-GZ", State.CHECKED), (1, "WH-SH", State.SUBMITTED), (1, "WH-BJ", State.DRAFT),
)  # fmt: skip
"""Days ago, the warehouse that asks, and how far it comes."""


def transfers(world: World) -> Iterator[Scene]:
    """The scenes, each on its morning."""

    def scene(days: int, place: int, name: str, act: Act) -> Scene:
        moment = datetime.combine(world.today - timedelta(days=days), MORNING, SHANGHAI)
        return Scene(moment + timedelta(minutes=place), place, name, act)

    yield scene(30, 0, "par levels", _set_par)
    for place, (days, code, state) in enumerate(STORY, 1):
        yield scene(days, place, f"{code} asks for goods: {state}", partial(_ask, code, state, place))
    yield scene(6, 40, "goods are lent", _lend)


def _set_par(at: datetime) -> None:
    for warehouse in Warehouse.objects.filter(central=False).select_related("keeper", "node").order_by("code"):
        for code, packs in PAR.items():
            product = Product.objects.get(code=code)
            actions.set_par(
                warehouse=warehouse, product=product, packs=packs, reason="平时备货", by=_keeper(warehouse), at=at
            )


def _ask(code: str, state: State, place: int, at: datetime) -> None:
    target = Warehouse.objects.select_related("keeper", "node").get(code=code)
    source = Warehouse.objects.select_related("keeper", "node").get(central=True)
    wanted = [(Product.objects.get(code=one), 4 + place) for one in GOODS[: 1 + place % len(GOODS)]]
    one = actions.draft(target=target, source=source, wanted=wanted, by=_keeper(target), at=at)
    if state == State.WITHDRAWN:
        actions.withdraw(requisition=one, reason="数量填错了，重新填", by=_keeper(target), at=at)
        return
    if state == State.REJECTED:
        actions.reject(requisition=one, reason="月底盘点，下周再申请", by=_one("centre_director", target), at=at)
        return
    _take(one, state, at)


def _take(one: Requisition, state: State, at: datetime) -> None:
    """Through the usual hands, as far as a state."""
    if state == State.DRAFT:
        return
    reached = WAY[: WAY.index(state) + 1] if state in WAY else WAY
    target, source = one.target, one.source
    one = actions.sign(requisition=one, by=_one("centre_director", target), at=at)
    if State.CHECKED in reached:
        one = actions.check_figures(requisition=one, by=_one("finance", target), at=at)
    if State.APPROVED in reached:
        one = actions.approve(requisition=one, by=_one("product_manager", target), at=at)
    if State.ISSUED in reached:
        one = _send(one, _keeper(source), at)
    if State.DIFFERENCE in reached:
        counted = {line.pk: (line.packs, 0) for line in one.shipped.all()}
        if state == State.DIFFERENCE:
            first = next(iter(counted))
            counted[first] = (counted[first][0] - 1, 0)
        for person in (_keeper(target), _one("centre_director", target)):
            actions.count_arrival(requisition=one, counted=counted, by=person, at=at)


def _send(one: Requisition, by: User, at: datetime) -> Requisition:
    rows = pick_rows(one)
    for row in rows:
        lot = row.reservation.balance.lot
        expiry = f"(17){lot.expiry:%y%m%d}" if lot.expiry else ""
        actions.confirm_pick(
            requisition=one, scan=f"(01)00000000000000{expiry}(10){lot.code}", packs=row.reservation.packs, by=by, at=at
        )
    for point in packing_points(one, rows, at):
        actions.tick_packing(requisition=one, point=point, by=by, at=at)
    actions.add_parcel(requisition=one, carrier="演示快递", waybill=f"YS{one.pk:08d}", boxes=1, by=by, at=at)
    return actions.issue_goods(requisition=one, by=by, at=at)


def _lend(at: datetime) -> None:
    """One that is overdue and came back in part, broken; one that waits for consent."""
    central = Warehouse.objects.select_related("keeper", "node").get(central=True)
    keeper, manager = _keeper(central), _one("product_manager", central)
    borrower, due = _one("marketing", central), at.date() + timedelta(days=3)
    product = Product.objects.get(code="N-014")
    out = actions.ask_lending(
        warehouse=central,
        borrower=borrower,
        lines=[(product, 3)],
        purpose="健康讲座展示",
        due_on=due,
        department="市场部",
        by=keeper,
        at=at,
    )
    out = actions.agree_lending(lending=out, by=manager, at=at)
    out = actions.hand_over(lending=out, by=keeper, at=at)
    actions.bring_back(
        lot=out.lots.get(), packs=1, condition=Condition.DAMAGED, note="展示时盒子压扁", by=keeper, at=at
    )
    actions.ask_lending(
        warehouse=central,
        borrower=borrower,
        lines=[(product, 2)],
        purpose="拍照",
        due_on=at.date() + timedelta(days=9),
        department="市场部",
        by=keeper,
        at=at,
    )


def _one(role: str, warehouse: Warehouse) -> User:
    found = colleagues_with(role, warehouse.node_id).order_by("-job_number").first()
    if found is None:
        raise ValueError(f"nobody is {role} for {warehouse.code}")
    return found


def _keeper(warehouse: Warehouse) -> User:
    if warehouse.keeper is None:
        raise ValueError(f"{warehouse.code} has no keeper")
    return warehouse.keeper
