"""A branch asks for goods: what it needs is worked out, three people agree, two keepers hand them on, and nothing gets lost between them."""

from datetime import date, timedelta

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.limits.models import LimitValue
from kefu.foundation.notices.models import Notice
from kefu.foundation.slots.registry import slots
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.products.models import Barcode, Product
from kefu.requisitions import actions, queries
from kefu.requisitions.actions import Granted
from kefu.requisitions.choices import State
from kefu.requisitions.models import ParLevel, Requisition, RequisitionLine
from kefu.requisitions.rules import Need, proposed
from kefu.requisitions.testing import send
from kefu.requisitions.turns import sides
from kefu.stock.actions import give_back, issue, recall
from kefu.stock.models import Balance, IssueSlip, Move, Reservation
from kefu.stock.queries import amount, drift
from kefu.stock.testing import stock_in

pytestmark = pytest.mark.django_db
JUNE, SEPTEMBER = date(2027, 6, 30), date(2027, 9, 30)


def lying(warehouse):
    """Packs by lot, zone and state."""
    rows = Balance.objects.filter(warehouse=warehouse, quantity__gt=0).select_related("lot", "zone")
    return {(one.lot.code, one.zone.code, one.quality): one.quantity for one in rows}


def refused(code, verb, **given):
    with pytest.raises(Refused) as refusal:
        verb(**given)
    assert refusal.value.code == code
    return str(refusal.value)


def test_the_need_of_a_product():
    assert proposed(Need(20, 6, 4, 0, 45, 3), window=90, cover=30) == 13
    assert proposed(Need(None, 0, 0, 0, 91, 0), window=90, cover=30) == 31
    assert proposed(Need(20, 30, 0, 0, 0, 4), window=90, cover=30) == 0
    assert Need(20, 6, 4, 3, 0, 0).shortfall == 7


@pytest.mark.req("STK-012")
def test_each_centre_has_its_own_warehouse_keeper_and_par(shop, central, beijing, fish_oil, vitamin):
    at = shop.at
    set_par = actions.set_par
    set_par(warehouse=beijing, product=fish_oil, packs=20, reason="新开中心", by=shop.keeper, at=at)
    set_par(warehouse=beijing, product=fish_oil, packs=20, reason="再按一次", by=shop.keeper, at=at)
    stock_in(beijing, [("N-014", "A", 6, JUNE), ("N-001", "C", 30, SEPTEMBER)], by=shop.keeper, at=at)
    set_par(warehouse=beijing, product=vitamin, packs=10, reason="常用", by=shop.keeper, at=at)
    rows = queries.shortfalls(beijing, at)
    assert [(one.product.code, one.packs, need.free, need.shortfall) for one, need in rows] == [
        ("N-014", 20, 6, 14), ("N-001", 10, 30, 0),
    ]  # fmt: skip
    assert queries.shortfalls(central, at) == []
    week = at + timedelta(days=7)
    set_par(
        warehouse=beijing, product=fish_oil, packs=25, reason="冬天卖得多", by=shop.keeper, at=at, from_day=week.date()
    )
    assert [(one.packs, one.valid_from, one.valid_to) for one in ParLevel.objects.filter(product=fish_oil).order_by("pk")] == [
        (20, at.date(), week.date()), (25, week.date(), None),
    ]  # fmt: skip
    assert {need.shortfall for _one, need in queries.shortfalls(beijing, week)} == {19, 0}
    with pytest.raises(Invalid) as wrong:
        set_par(
            warehouse=beijing, product=fish_oil, packs=-1, reason=" ", by=shop.keeper, at=at, from_day=date(2026, 1, 1)
        )
    assert [one.code for one in wrong.value.errors] == ["range", "required", "past"]
    with pytest.raises(Forbidden):
        set_par(warehouse=beijing, product=fish_oil, packs=1, reason="越权", by=shop.manager, at=at)
    with pytest.raises(OutOfScope):
        actions.draft(target=beijing, source=central, wanted=[(fish_oil, 1)], by=shop.sh_manager, at=at)


@pytest.mark.req("STK-013")
@pytest.mark.req("STK-020", part="shortages and transfers")
def test_from_need_to_shelf(shop, hands, central, beijing, fish_oil, vitamin, monkeypatch):
    at, slips = shop.at, IssueSlip.objects
    actions.set_par(warehouse=beijing, product=fish_oil, packs=20, reason="新开中心", by=shop.keeper, at=at)
    stock_in(beijing, [("N-014", "A", 15, JUNE)], by=shop.keeper, at=at - timedelta(days=40))
    issue(warehouse=beijing, lines=[(fish_oil, 9)], purpose="用", by=shop.keeper, at=at - timedelta(days=20))
    elsewhere = (central.node_id, fish_oil.pk, 5)
    monkeypatch.setattr(slots, "demand", {"test": lambda _at: [(beijing.node_id, fish_oil.pk, 3), elsewhere]})
    (row,) = queries.proposals(beijing, at, central)
    assert (row.need, row.packs, row.free_at_source) == (Need(20, 6, 0, 0, 9, 3), 17, 42)

    one = actions.draft(target=beijing, source=central, wanted=[(fish_oil, 20), (vitamin, 5)], by=shop.keeper, at=at)
    oil = one.lines.get(product=fish_oil)
    assert (one.number, one.state) == ("SQ2600001", "draft")
    assert (oil.par, oil.free, oil.sold, oil.waiting, oil.proposed, oil.wanted) == (20, 6, 9, 3, 17, 20)
    refused("wrong_state", actions.approve, requisition=one, by=shop.product_manager, at=at)
    with pytest.raises(Forbidden):
        actions.sign(requisition=one, by=shop.keeper, at=at)
    actions.change_lines(requisition=one, wanted=[(fish_oil, 24), (vitamin, 5)], by=shop.keeper, at=at)
    actions.sign(requisition=one, by=shop.director, at=at)
    refused("wrong_state", actions.change_lines, requisition=one, wanted=[(fish_oil, 9)], by=shop.keeper, at=at)
    assert queries.needs_of(beijing, [fish_oil], at)[fish_oil.pk].ordered == 24
    with pytest.raises(Forbidden):
        actions.check_figures(requisition=one, by=shop.director, at=at)
    actions.check_figures(requisition=one, by=shop.finance, at=at)

    oil, c = one.lines.get(product=fish_oil), one.lines.get(product=vitamin)
    with pytest.raises(Invalid) as wrong:
        actions.approve(
            requisition=one, granted={oil.pk: Granted(25), c.pk: Granted(4)}, by=shop.product_manager, at=at
        )
    assert [error.code for error in wrong.value.errors] == ["required", "range"]
    actions.approve(requisition=one, granted={oil.pk: Granted(20, "总库也不多")}, by=shop.product_manager, at=at)
    assert [(line.product.code, line.wanted, line.approved) for line in one.lines.all()] == [
        ("N-001", 5, 5),
        ("N-014", 24, 20),
    ]
    assert {(r.balance.lot.code, r.packs) for r in Reservation.objects.all()} == {("A", 12), ("B", 8), ("C", 5)}
    assert amount(fish_oil, central, at).free == 22
    refused("not_picked", actions.issue_goods, requisition=one, by=shop.central_keeper, at=at)
    with pytest.raises(Forbidden):
        actions.issue_goods(requisition=one, by=shop.keeper, at=at)

    one = send(one, by=shop.central_keeper, at=at)
    slip = slips.get(subject_kind="requisitions.requisition", subject_id=one.pk)
    assert (one.state, one.open_packs, one.slip, slip.to_warehouse) == ("issued", 25, slip, beijing)
    assert lying(central) == {("B", "WH-HQ-N", "good"): 22, ("C", "WH-HQ-N", "good"): 35}
    assert (amount(fish_oil, beijing, at).there, amount(fish_oil, beijing, at).coming) == (6, 20)
    assert [(line.lot.code, line.packs) for line in queries.on_the_way(shop.keeper, {}, at).order_by("lot__code")] == [
        ("A", 12),
        ("B", 8),
        ("C", 5),
    ]
    refused("on_its_way", give_back, slip=slip, reason="反悔", by=shop.central_keeper, at=at)

    counted = {line.pk: (line.packs, 0) for line in one.shipped.all()}
    assert actions.count_arrival(requisition=one, counted=counted, by=shop.keeper, at=at).state == "issued"
    refused("same_person", actions.count_arrival, requisition=one, counted=counted, by=shop.keeper, at=at)
    one = actions.count_arrival(requisition=one, counted=counted, by=shop.manager, at=at)
    assert (one.state, one.open_packs, one.settle_by) == ("received", 0, None)
    assert lying(beijing) == {("A", "WH-BJ-N", "good"): 18, ("B", "WH-BJ-N", "good"): 8, ("C", "WH-BJ-N", "good"): 5}
    assert drift() == []
    steps = [(step.kind, step.by.name) for step in one.steps.select_related("by")]
    assert steps == [
        ("drafted", "何示平"), ("changed", "何示平"), ("signed", "何示安"), ("checked", "白示宁"), ("approved", "林示明"),
        ("issued", "许示和"), ("counted", "何示文"),
    ]  # fmt: skip
    told = set(Notice.objects.values_list("user__username", "text"))
    assert ("director", "申请单 SQ2600001 等您签字") in told
    assert ("central_keeper", "申请单 SQ2600001 已批准，请拣货") in told
    assert AuditEntry.objects.filter(code="requisitions.requisition.counted", by=shop.manager).count() == 1


def test_one_no_ends_it_and_nobody_decides_his_own(shop, hands, taken_to, fish_oil, beijing, central):
    at = shop.at
    own = actions.draft(target=beijing, source=central, wanted=[(fish_oil, 3)], by=shop.director, at=at)
    assert refused("own", actions.sign, requisition=own, by=shop.director, at=at) == "自己填的申请单要由别的同事签批"
    assert RequisitionLine.objects.filter(requisition=own, approved=None).count() == 1
    for state, person in (
        (State.DRAFT, shop.director),
        (State.SUBMITTED, shop.finance),
        (State.CHECKED, shop.product_manager),
    ):
        one = taken_to(state)
        with pytest.raises(Invalid):
            actions.reject(requisition=one, reason=" ", by=person, at=at)
        with pytest.raises(Forbidden):
            actions.reject(requisition=one, reason="不行", by=shop.central_keeper, at=at)
        ended = actions.reject(requisition=one, reason="这个月预算用完", by=person, at=at)
        assert ended.state == "rejected"
        refused("wrong_state", actions.sign, requisition=one, by=shop.director, at=at)
    one = taken_to(State.APPROVED)
    with pytest.raises(Forbidden):
        actions.withdraw(requisition=one, reason="不要了", by=shop.central_keeper, at=at)
    actions.withdraw(requisition=one, reason="不要了", by=shop.keeper, at=at)
    assert amount(fish_oil, central, at).free == 42
    assert drift() == []
    for wanted, code in (([], "required"), ([(fish_oil, 0)], "packs"), ([(fish_oil, 1), (fish_oil, 2)], "duplicate")):
        with pytest.raises(Invalid) as wrong:
            actions.draft(target=beijing, source=central, wanted=wanted, by=shop.keeper, at=at)
        assert wrong.value.errors[0].code == code
    for target, source in ((central, beijing), (beijing, beijing)):
        with pytest.raises((Invalid, OutOfScope)):
            actions.draft(target=target, source=source, wanted=[(fish_oil, 1)], by=shop.product_manager, at=at)
    assert Requisition.objects.count() == 5
    lots = [("N-014", "SHORT", 5, shop.at.date() + timedelta(days=3))]
    Product.objects.filter(pk=fish_oil.pk).update(branch_days_left=30)
    stock_in(central, lots, by=shop.central_keeper, at=at)
    much = taken_to(State.CHECKED, [(fish_oil, 43)])
    told = refused("stock_short", actions.approve, requisition=much, by=shop.product_manager, at=at)
    assert "要 43" in told
    assert "可用 42" in told
    assert Requisition.objects.get(pk=much.pk).state == "checked"


@pytest.mark.req("STK-005")
@pytest.mark.req("STK-007")
def test_a_scan_says_what_is_wrong_and_fragile_goods_are_packed(shop, taken_to, central, fish_oil, vitamin):
    at, keeper = shop.at, shop.central_keeper
    Product.objects.filter(pk=fish_oil.pk).update(fragile=True)
    one = taken_to(State.APPROVED)
    rows = queries.pick_rows(one)
    assert [(row.reservation.balance.lot.code, row.reservation.packs, row.done) for row in rows] == [
        ("A", 12, False),
        ("B", 18, False),
    ]

    def pick(scan, packs=12):
        return actions.confirm_pick(requisition=one, scan=scan, packs=packs, by=keeper, at=at)

    for scan, code in (
        ("", "empty"),
        ("鱼油", "unreadable"),
        ("6901234567890", "check_digit"),
        ("(01)06901234567892(10)NONE", "unknown"),
        ("9" * 300, "too_long"),
    ):
        with pytest.raises(Invalid) as wrong:
            pick(scan)
        assert (wrong.value.errors[0].field, wrong.value.errors[0].code) == ("scan", code)
    assert "这张单不拣它" in refused("wrong_product", pick, scan=vitamin.code)
    Barcode.objects.update_or_create(product=vitamin, packs=1, defaults={"gtin": "06901234567892"})
    assert "这张单不拣它" in refused(
        "wrong_product", pick, scan="(01)06901234567892(10)A"
    )  # the number decides, not the lot
    refused("which_lot", pick, scan=fish_oil.code)
    refused("wrong_expiry", pick, scan="(01)00000000000000(17)270701(10)A")
    stock_in(central, [("N-014", "D", 5, SEPTEMBER)], by=keeper, at=at)
    assert "应该拣批号 A、B" in refused("wrong_lot", pick, scan="(01)00000000000000(10)D")
    with pytest.raises(Invalid) as wrong:
        pick("(01)00000000000000(17)270630(10)A", 11)
    assert wrong.value.errors[0].code == "differs"
    pick("(01)00000000000000(17)270630(10)A")
    refused("picked_already", pick, scan="(01)00000000000000(10)A")

    b = queries.pick_rows(one)[1].reservation
    actions.report_miss(requisition=one, reservation=b, packs=4, fault="missing", note="只见十四盒", by=keeper, at=at)
    actions.report_miss(requisition=one, reservation=b, packs=2, fault="damaged", note="压了", by=keeper, at=at)
    left = [(row.reservation.balance.lot.code, row.reservation.packs) for row in queries.pick_rows(one)]
    assert (sum(packs for _lot, packs in left), {lot for lot, _packs in left}) == (30, {"A", "B"})
    assert lying(central)[("B", "WH-HQ-N", "blocked")] == 4
    assert lying(central)[("B", "WH-HQ-Q", "damaged")] == 2
    with pytest.raises(Invalid):
        actions.report_miss(requisition=one, reservation=b, packs=99, fault="missing", note="", by=keeper, at=at)
    refused("nothing_missing", actions.refill, requisition=one, by=keeper, at=at)
    recall(lot=b.balance.lot, reason="厂家通知", reference="", by=shop.product_manager, at=at)
    assert Notice.objects.filter(code="requisitions.lost", user=keeper).count() == 1
    assert queries.missing(one, queries.pick_rows(one)) == {fish_oil.pk: 18}
    assert "已召回" in refused("recalled", pick, scan="(01)00000000000000(10)B")
    assert actions.refill(requisition=one, by=keeper, at=at) == 5
    refused("stock_short", actions.refill, requisition=one, by=keeper, at=at)
    for row in queries.pick_rows(one):
        if not row.done:
            pick(f"(01)00000000000000(10){row.reservation.balance.lot.code}", row.reservation.packs)
    told = refused("not_packed", actions.issue_goods, requisition=one, by=keeper, at=at)
    assert told == "有易碎品，打包还没核对：气泡膜裹好、装进纸箱、箱内没有空隙"
    for point in ("wrap", "carton", "full"):
        actions.tick_packing(requisition=one, point=point, by=keeper, at=at)
    refused("ticked", actions.tick_packing, requisition=one, point="wrap", by=keeper, at=at)
    refused("no_parcel", actions.issue_goods, requisition=one, by=keeper, at=at)
    with pytest.raises(Invalid):
        actions.add_parcel(requisition=one, carrier=" ", waybill="", boxes=1, by=keeper, at=at)
    actions.add_parcel(requisition=one, carrier="自送", waybill="", boxes=1, by=keeper, at=at)
    refused("known_waybill", actions.add_parcel, requisition=one, carrier="自送", waybill="", boxes=1, by=keeper, at=at)
    sent = actions.issue_goods(requisition=one, by=keeper, at=at)
    assert (sent.state, [(t.point, t.by.name) for t in sent.ticks.order_by("pk")]) == (
        "issued", [("wrap", "许示和"), ("carton", "许示和"), ("full", "许示和")],
    )  # fmt: skip
    assert sent.open_packs == 17
    assert drift() == []


@pytest.mark.req("STK-013")
def test_a_difference_is_settled_before_it_is_done(shop, hands, taken_to, central, beijing, fish_oil):
    at = shop.at
    one = taken_to(State.ISSUED)
    a, b = one.shipped.select_related("lot").order_by("lot__code")
    for counted, code in (
        ({a.pk: (12, 0)}, "lines"),
        ({a.pk: (12, 1), b.pk: (18, 0)}, "range"),
        ({a.pk: (-1, 0), b.pk: (18, 0)}, "range"),
    ):
        with pytest.raises(Invalid) as wrong:
            actions.count_arrival(requisition=one, counted=counted, by=shop.keeper, at=at)
        assert wrong.value.errors[0].code == code
    counted = {a.pk: (5, 1), b.pk: (18, 0)}
    actions.count_arrival(requisition=one, counted=counted, by=shop.manager, at=at)
    refused("keeper_missing", actions.count_arrival, requisition=one, counted=counted, by=shop.manager2, at=at)
    other = actions.count_arrival(requisition=one, counted=counted | {a.pk: (6, 0)}, by=shop.keeper, at=at)
    assert (other.state, lying(beijing).get(("A", "WH-BJ-N", "good"))) == ("issued", None)
    one = actions.count_arrival(requisition=one, counted=counted | {a.pk: (6, 0)}, by=shop.manager, at=at)
    assert one.state == "difference"
    assert (one.open_packs, one.settle_by) == (6, at.date())
    a.refresh_from_db()

    def settle(outcome, packs, by, reason="查过了"):
        return actions.settle(line=a, outcome=outcome, packs=packs, reason=reason, by=by, at=at)

    with pytest.raises(Invalid):
        settle("found", 7, shop.keeper)
    with pytest.raises(Invalid):
        settle("found", 1, shop.keeper, " ")
    with pytest.raises(Forbidden):
        settle("back", 1, shop.keeper)
    settle("found", 2, shop.keeper)
    settle("back", 1, shop.central_keeper)
    loss = settle("lost", 3, shop.keeper, "车上丢了")
    refused("loss_waits", settle, outcome="found", packs=1, by=shop.keeper)
    assert sides(one, shop.finance) == ["finance"]
    refused("agreed", actions.agree_to_loss, settlement=loss, by=shop.keeper, at=at)
    actions.drop_loss(settlement=loss, reason="再找找", by=shop.finance, at=at)
    loss = settle("lost", 3, shop.keeper, "真丢了")
    with pytest.raises(Forbidden):
        actions.agree_to_loss(settlement=loss, by=shop.manager, at=at)
    actions.agree_to_loss(settlement=loss, by=shop.finance, at=at)
    assert Requisition.objects.get(pk=one.pk).state == "difference"
    actions.agree_to_loss(settlement=loss, by=shop.central_keeper, at=at)
    refused("wrong_state", actions.agree_to_loss, settlement=loss, by=shop.central_keeper, at=at)
    done = Requisition.objects.get(pk=one.pk)
    assert (done.state, done.open_packs, done.settle_by) == ("received", 0, None)
    assert lying(beijing) == {("A", "WH-BJ-N", "good"): 8, ("B", "WH-BJ-N", "good"): 18}
    assert lying(central)[("A", "WH-HQ-N", "good")] == 1
    gone = Move.objects.filter(kind="adjustment").get()
    assert (gone.quantity, gone.reason, gone.balance.zone.code) == (-3, "真丢了", "WH-BJ-T")
    assert drift() == []


def test_broken_goods_go_into_quarantine_and_the_bringer_counts_where_that_is_asked(
    shop, hands, taken_to, beijing, settings
):
    LimitValue.objects.create(
        code="requisitions.bringer_counts", value=True, valid_from=date(2026, 1, 1), set_by=shop.admin, set_at=shop.at
    )
    one = taken_to(State.ISSUED)
    counted = {line.pk: (line.packs - 2, 2) for line in one.shipped.all()}
    actions.count_arrival(requisition=one, counted=counted, by=shop.keeper, at=shop.at)
    refused("bringer_missing", actions.count_arrival, requisition=one, counted=counted, by=shop.manager, at=shop.at)
    assert (
        actions.count_arrival(requisition=one, counted=counted, by=shop.central_keeper, at=shop.at).state == "received"
    )
    assert lying(beijing)[("A", "WH-BJ-Q", "damaged")] == 2
