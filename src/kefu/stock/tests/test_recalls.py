"""A lot is called back: it stays at once, whoever got of it is known and told, and somebody with the right lifts it again."""

from collections import Counter
from datetime import date, timedelta
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.events import bus
from kefu.foundation.notices.models import Notice
from kefu.foundation.slots.registry import slots
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.products.models import Product
from kefu.stock import queries
from kefu.stock.actions import customer_told, give_back, issue, lift_recall, recall
from kefu.stock.events import ReservationLost
from kefu.stock.models import Balance, IssueSlip, Lot, Recall
from kefu.stock.testing import stock_in
from kefu.stock.tests.test_reserving import set_aside
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of

JUNE, SEPTEMBER = date(2027, 6, 30), date(2027, 9, 30)


@pytest.fixture
def lots(shop, beijing, central):
    stock_in(central, [("N-014", "A", 30, JUNE)], by=shop.central_keeper, at=shop.at)
    return stock_in(beijing, [("N-014", "A", 10, JUNE), ("N-014", "B", 10, SEPTEMBER)], by=shop.keeper, at=shop.at)


@pytest.fixture
def fish_oil(lots):
    return Product.objects.get(code="N-014")


def sold(shop, warehouse, product, packs, customer):
    """A slip as a sale writes it."""
    slip = issue(warehouse=warehouse, lines=[(product, packs)], purpose="销售", by=shop.keeper, at=shop.at)
    IssueSlip.objects.filter(pk=slip.pk).update(customer=customer)
    return slip


def called_back(shop, lots, **more):
    told = {"reason": "厂家通知：封口不严", "reference": "示例召回 2026-11"} | more
    return recall(lot=lots["A"], by=shop.product_manager, at=shop.at, **told)


@pytest.mark.django_db
def test_a_recalled_lot_stays_everywhere_and_gives_way_where_it_was_set_aside(
    shop, beijing, lots, fish_oil, monkeypatch
):
    heard = []
    monkeypatch.setitem(bus._subscribers, ReservationLost, [heard.append])
    set_aside(warehouse=beijing, product=fish_oil, packs=4, number=7, by=shop.keeper, at=shop.at)
    called_back(shop, lots)
    assert [(one.subject_id, one.packs) for one in heard] == [(7, 4)]
    assert queries.amount(fish_oil, beijing, shop.at) == queries.Amount(there=20, free=10, coming=0)
    slip = issue(warehouse=beijing, lines=[(fish_oil, 10)], purpose="用", by=shop.keeper, at=shop.at)
    assert [line.lot.code for line in slip.lines.all()] == ["B"]
    with pytest.raises(Refused) as refusal:
        issue(warehouse=beijing, lines=[(fish_oil, 1)], purpose="用", by=shop.keeper, at=shop.at)
    assert refusal.value.code == "stock_short"
    assert queries.drift() == []
    with pytest.raises(Refused, match="已经在召回"):
        called_back(shop, lots)


@pytest.mark.django_db
def test_who_may_recall_and_who_may_lift(shop, beijing, lots, fish_oil):
    for person in (shop.keeper, shop.manager, shop.director, shop.doctor):
        with pytest.raises(Forbidden):
            recall(lot=lots["A"], reason="不放心", by=person, at=shop.at)
    with pytest.raises(Invalid):
        called_back(shop, lots, reason=" ")
    made = recall(lot=lots["A"], reason="破漏", by=shop.central_keeper, at=shop.at)
    with pytest.raises(Forbidden):
        lift_recall(recall=made, reason="没事", by=shop.central_keeper, at=shop.at)
    with pytest.raises(Invalid):
        lift_recall(recall=made, reason="", by=shop.product_manager, at=shop.at)
    later = shop.at + timedelta(days=3)
    lift_recall(recall=made, reason="厂家复检合格", by=shop.product_manager, at=later)
    with pytest.raises(Refused, match="已经解除"):
        lift_recall(recall=made, reason="厂家复检合格", by=shop.product_manager, at=later)
    made.refresh_from_db()
    assert (made.lifted_by, made.lifted_at, made.lift_reason) == (shop.product_manager, later, "厂家复检合格")
    slip = issue(warehouse=beijing, lines=[(fish_oil, 1)], purpose="用", by=shop.keeper, at=shop.at)
    assert [line.lot.code for line in slip.lines.all()] == ["A"]
    assert called_back(shop, lots).pk != made.pk, "a second recall of the same lot is a row of its own"
    codes = ("stock.lot.recalled", "stock.recall.lifted")
    assert Counter(AuditEntry.objects.filter(code__in=codes).values_list("code", flat=True)) == Counter(
        [codes[0]] * 2 + [codes[1]]
    )


@pytest.mark.django_db
def test_the_health_manager_of_who_got_of_it_is_told_without_medical_words(shop, beijing, lots, fish_oil):
    got, returned = customer_of(shop), customer_of(shop, "白示安", "10000000002")
    sold(shop, beijing, fish_oil, 2, got)
    back = sold(shop, beijing, fish_oil, 1, returned)
    give_back(slip=back, reason="不要了", by=shop.keeper, at=shop.at)
    made = called_back(shop, lots)
    notices = Notice.objects.filter(code="stock.recall")
    assert {one.user for one in notices} == {shop.manager, shop.keeper, shop.central_keeper}
    assert {(one.text, one.link) for one in notices} == {("批号 A 已召回，请打开处理", f"/stock/recalls/{made.pk}/")}
    work = list(slots.work["stock.recalls"](shop.manager, shop.at))
    assert [(one.customer_name, one.what, one.url) for one in work] == [
        ("沈知夏", "批号 A 已召回，请通知客户", f"/stock/recalls/{made.pk}/")
    ]
    assert list(slots.work["stock.recalls"](shop.manager2, shop.at)) == []
    with pytest.raises(OutOfScope):
        customer_told(recall=made, customer=got, note="停用", by=shop.manager2, at=shop.at)
    with pytest.raises(Refused, match="手里没有"):
        customer_told(recall=made, customer=returned, note="停用", by=shop.manager, at=shop.at)
    with pytest.raises(Invalid):
        customer_told(recall=made, customer=got, note=" ", by=shop.manager, at=shop.at)
    customer_told(recall=made, customer=got, note="停用，周五送回换新", by=shop.manager, at=shop.at)
    assert list(slots.work["stock.recalls"](shop.manager, shop.at)) == []
    with pytest.raises(Refused, match="已经通知过"):
        customer_told(recall=made, customer=got, note="再打一次", by=shop.manager, at=shop.at)
    assert AuditEntry.objects.get(code="stock.recall.told").customer_id == got.pk


@pytest.mark.django_db
def test_the_page_tells_each_only_of_whom_he_may_know(shop, beijing, lots, fish_oil, login):
    slip = sold(shop, beijing, fish_oil, 2, customer_of(shop))
    page = f"/stock/recalls/{called_back(shop, lots).pk}/"
    keeper = login(shop.keeper).get(page).content.decode()
    assert "沈知夏" in keeper and slip.number in keeper and "还没通知" in keeper
    mine = login(shop.manager).get(page).content.decode()
    assert "沈知夏" in mine and "已通知" in mine
    assert "沈知夏" not in login(shop.manager2).get(page).content.decode()
    assert login(shop.sh_manager).get(page).status_code == 404
    assert login(shop.consulting).get(page).status_code == 403
    assert "解除召回" in login(shop.product_manager).get(page).content.decode()


@pytest.mark.django_db
def test_on_the_screen_from_the_lot_to_the_last_customer(shop, beijing, lots, fish_oil, login):
    customer = customer_of(shop)
    sold(shop, beijing, fish_oil, 2, customer)
    product, manager = login(shop.product_manager), login(shop.manager)
    balance = Balance.objects.get(lot=lots["A"], warehouse=beijing)
    assert f"/stock/recalls/new/?lot={lots['A'].pk}" in product.get(f"/stock/balances/{balance.pk}/").content.decode()
    form = product.get(f"/stock/recalls/new/?lot={lots['A'].pk}").content.decode()
    assert 'value="A"' in form
    entered = {"product": fish_oil.pk, "lot": "Z", "reason": "厂家通知"}
    wrong = product.post("/stock/recalls/new/", entered)
    assert (wrong.status_code, "这个产品没有这个批号" in wrong.content.decode()) == (422, True)
    made = product.post("/stock/recalls/new/", entered | {"lot": "A"}, follow=True)
    assert "召回中" in made.content.decode()
    twice = product.post("/stock/recalls/new/", entered | {"lot": "A"})
    assert (twice.status_code, "已经在召回" in twice.content.decode()) == (409, True)
    row = Recall.objects.get()
    assert "已召回" in login(shop.keeper).get("/stock/?warehouse=WH-BJ").content.decode()
    told = manager.post(f"/stock/recalls/{row.pk}/customers/{customer.pk}/", {"note": "已停用"}, follow=True)
    assert "已停用" in told.content.decode()
    empty = product.post(f"/stock/recalls/{row.pk}/lift/", {"reason": ""})
    assert empty.status_code == 422
    lifted = product.post(f"/stock/recalls/{row.pk}/lift/", {"reason": "复检合格"}, follow=True).content.decode()
    assert "已解除" in lifted and "复检合格" in lifted
    assert "已解除" in product.get("/stock/recalls/").content.decode()
    for bad in ("/stock/recalls/new/?lot=x", "/stock/recalls/new/?lot=999999", "/stock/recalls/?after=x"):
        assert product.get(bad).status_code == 200, bad


@pytest.mark.django_db
def test_a_recall_by_a_program(shop, lots, program):
    keeper, product = program(shop.keeper), program(shop.product_manager)
    body = {"product": "N-014", "lot": "A", "reason": "厂家通知", "reference": "示例 1"}
    assert keeper("POST", "stock-recalls", body)[0] == 403
    assert product("POST", "stock-recalls", body | {"lot": "Z"})[0] == 404
    assert product("POST", "stock-recalls", body | {"reason": " "})[0] == 422
    status, made, _answer = product("POST", "stock-recalls", body)
    assert (status, made["lot"], made["product"], made["lifted_at"]) == (201, "A", "N-014", None)
    assert product("POST", "stock-recalls", body)[0] == 409
    assert [one["id"] for one in keeper("GET", "stock-recalls")[1]["items"]] == [made["id"]]
    assert Lot.objects.get(code="A").recalled


@pytest.mark.django_db
def test_the_page_and_the_workbench_ask_the_same_for_one_and_for_many(shop, beijing, lots, fish_oil):
    def cost(read):
        with CaptureQueriesContext(connection) as seen:
            list(read())
        return len(seen)

    work = partial(slots.work["stock.recalls"], shop.manager, shop.at)
    sold(shop, beijing, fish_oil, 1, customer_of(shop))
    made = called_back(shop, lots)
    listed = partial(queries.recipients_listed, shop.manager, {"recall": str(made.pk)}, shop.at)
    one = cost(work), cost(listed)
    lift_recall(recall=made, reason="再卖", by=shop.product_manager, at=shop.at)
    for number in range(3, 9):
        sold(shop, beijing, fish_oil, 1, customer_of(shop, f"白示{number}", f"1000000000{number}"))
    called_back(shop, lots)
    assert len(list(work())) == 7
    assert (cost(work), cost(listed)) == one


@pytest.mark.django_db(transaction=True)
def test_while_others_pick_a_recall_comes_before_or_after_each_slip_never_between(shop, beijing, lots, fish_oil):
    def pick(number):
        return issue(warehouse=beijing, lines=[(fish_oil, 2)], purpose=f"第 {number} 位", by=shop.keeper, at=shop.at)

    got = at_once([*(partial(pick, number) for number in range(5)), partial(called_back, shop, lots)])
    assert Counter(type(one) for one in got) == {IssueSlip: 5, Recall: 1}
    assert queries.drift() == []
    left = Balance.objects.get(lot=lots["A"], warehouse=beijing).quantity
    told = AuditEntry.objects.get(code="stock.lot.recalled").changes["there"][1]
    assert told == left + 30, "what the recall found is what is still there: nothing left after it"
