"""The warehouse is counted while business goes on: blind, twice where it matters, approved by somebody else, posted once."""

from collections import Counter
from datetime import date
from decimal import Decimal
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.foundation.api.actions import issue_token
from kefu.foundation.events import bus
from kefu.foundation.printing.models import Print
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.models import Grant, Role, User
from kefu.products.models import Product
from kefu.stock import documents, queries
from kefu.stock.actions import (
    add_found,
    count_lines,
    drop_stocktake,
    explain,
    issue,
    open_stocktake,
    post_stocktake,
)
from kefu.stock.events import ReservationLost
from kefu.stock.models import Balance, Lot, Move, Stocktake, StocktakeCount, StocktakeLine, Zone
from kefu.stock.rules import count_again
from kefu.stock.testing import stock_in
from kefu.stock.tests.test_reserving import set_aside
from kefu.testing.races import at_once
from kefu.testing.scenes import scene

JUNE, SEPTEMBER = date(2027, 6, 30), date(2027, 9, 30)


@scene
def lots(shop, beijing):
    rows = [("N-014", "A", 20, JUNE), ("N-014", "B", 10, SEPTEMBER), ("N-001", "C", 30, JUNE)]
    made = stock_in(beijing, rows, by=shop.keeper, at=shop.at)
    Lot.objects.filter(code="C").update(cost=Decimal("200.00"))
    return made


@scene
def fish_oil(lots):
    return Product.objects.get(code="N-014")


@scene
def sheet(shop, beijing, lots):
    return open_stocktake(warehouse=beijing, by=shop.keeper, at=shop.at)


def line(sheet, lot):
    return sheet.lines.get(balance__lot__code=lot)


def counted(shop, sheet, by=None, **packs):
    given = {line(sheet, lot).pk: number for lot, number in packs.items()}
    return count_lines(stocktake=sheet, counted=given, by=by or shop.keeper, at=shop.at)


def told(shop, sheet, lot, words="漏记一盒"):
    return explain(line=line(sheet, lot), explanation=words, by=shop.keeper, at=shop.at)


def posted(shop, sheet, by=None):
    return post_stocktake(stocktake=sheet, by=by or shop.director, at=shop.at)


def both(shop):
    """The central keeper, who stands in for the product manager and may approve as well."""
    role = Role.objects.get(code="product_manager")
    Grant.objects.get_or_create(user=shop.central_keeper, role=role, node=shop.hq, valid_from=date(2026, 1, 5))
    return User.objects.get(pk=shop.central_keeper.pk)


def amounts():
    rows = Balance.objects.filter(quality="good", zone__purpose="shelf")
    return dict(rows.order_by("lot__code").values_list("lot__code", "quantity"))


@pytest.mark.django_db
@pytest.mark.req("STK-010")
def test_counted_explained_approved_by_another_and_posted_once(shop, sheet, lots):
    assert sheet.number.startswith("PD26")
    assert counted(shop, sheet, A=19, B=10) == 2
    told(shop, sheet, "A")
    with pytest.raises(Forbidden):
        posted(shop, sheet, by=shop.keeper)
    posted(shop, sheet)
    assert amounts() == {"A": 19, "B": 10, "C": 30}, "what nobody counted stays"
    move = Move.objects.get(kind="count")
    assert (move.quantity, move.reason, move.subject_kind, move.subject_id) == (
        -1,
        "漏记一盒",
        "stock.stocktake",
        sheet.pk,
    )
    for again in (partial(posted, shop), partial(counted, shop, A=1)):
        with pytest.raises(Refused, match="已经结束"):
            again(sheet)
    assert [(one.packs, one.book) for one in StocktakeCount.objects.order_by("pk")] == [(19, 20), (10, 10)]
    assert queries.progress(sheet) == queries.Progress(lines=3, counted=2, differing=1, packs_off=1)
    assert queries.progress(sheet).accuracy == Decimal("50.0")
    assert queries.drift() == []


@pytest.mark.django_db
@pytest.mark.req("STK-010")
def test_issuing_goes_on_and_stays_out_of_the_difference(shop, beijing, sheet, fish_oil):
    issue(warehouse=beijing, lines=[(fish_oil, 3)], purpose="盘前", by=shop.keeper, at=shop.at)
    counted(shop, sheet, A=16)
    kept = StocktakeCount.objects.get()
    assert (kept.book, kept.last_move) == (17, Move.objects.latest("pk").pk)
    issue(warehouse=beijing, lines=[(fish_oil, 5)], purpose="盘后", by=shop.keeper, at=shop.at)
    told(shop, sheet, "A")
    posted(shop, sheet)
    assert amounts()["A"] == 20 - 3 - 5 - 1
    assert queries.drift() == []


@pytest.mark.django_db
def test_what_left_since_can_make_a_count_impossible(shop, beijing, sheet, fish_oil):
    counted(shop, sheet, A=16)
    told(shop, sheet, "A")
    issue(warehouse=beijing, lines=[(fish_oil, 18)], purpose="盘后", by=shop.keeper, at=shop.at)
    with pytest.raises(Refused, match="重新数一遍：A"):
        posted(shop, sheet)
    assert amounts()["A"] == 2
    counted(shop, sheet, A=2)
    posted(shop, sheet)
    assert (amounts()["A"], queries.drift()) == (2, [])


@pytest.mark.django_db
def test_two_sheets_over_the_same_shelf_mend_a_difference_once(shop, beijing, sheet):
    other = open_stocktake(warehouse=beijing, by=shop.keeper, at=shop.at)
    for one in (sheet, other):
        counted(shop, one, A=19)
        told(shop, one, "A")
    posted(shop, other)
    with pytest.raises(Refused, match="改过账面，请重新数一遍：A"):
        posted(shop, sheet)
    counted(shop, sheet, A=19)
    posted(shop, sheet)
    assert (amounts()["A"], Move.objects.filter(kind="count").count()) == (19, 1)


@pytest.mark.parametrize(
    ("variance", "cost", "again"),
    [
        (5, None, False),
        (-5, "100", False),
        (6, None, True),
        (-6, None, True),
        (1, "500", False),
        (1, "500.01", True),
        (0, "900", False),
    ],
)
def test_above_tolerance_in_packs_or_in_money(variance, cost, again):
    assert count_again(variance, Decimal(cost) if cost else None, 5, Decimal(500)) is again


@pytest.mark.django_db
@pytest.mark.req("STK-010")
def test_a_big_difference_is_counted_again_by_somebody_else(shop, sheet, lots):
    counted(shop, sheet, A=10, C=27)
    told(shop, sheet, "A"), told(shop, sheet, "C")
    with pytest.raises(Refused, match="另一位同事重盘：C、A"):
        posted(shop, sheet)
    with pytest.raises(Refused, match="换一个人重盘"):
        counted(shop, sheet, A=11)
    counted(shop, sheet, by=both(shop), A=12, C=30)
    with pytest.raises(Refused) as refusal:
        posted(shop, sheet, by=both(shop))
    assert refusal.value.code == "own_count"
    posted(shop, sheet, by=shop.product_manager)
    assert amounts() == {"A": 12, "B": 10, "C": 30}
    assert Counter(StocktakeCount.objects.values_list("line__balance__lot__code", flat=True)) == {"A": 2, "C": 2}


@pytest.mark.django_db
def test_differences_want_words_and_nothing_counted_nothing_posted(shop, sheet, lots):
    with pytest.raises(Refused, match="还没有一行盘过"):
        posted(shop, sheet)
    counted(shop, sheet, A=19, B=10)
    with pytest.raises(Refused, match="差异还没说明：A"):
        posted(shop, sheet)
    with pytest.raises(Invalid):
        told(shop, sheet, "A", " ")
    with pytest.raises(Refused, match="没有差异"):
        told(shop, sheet, "B")
    for wrong in ({line(sheet, "A").pk: -1}, {line(sheet, "A").pk: 1_000_001}, {0: 3}, {}):
        with pytest.raises(Invalid):
            count_lines(stocktake=sheet, counted=wrong, by=shop.keeper, at=shop.at)


@pytest.mark.django_db
def test_a_lot_found_where_the_book_has_none(shop, beijing, sheet, lots, fish_oil):
    quarantine = Zone.objects.get(code="WH-BJ-Q")
    found = partial(add_found, stocktake=sheet, product=fish_oil, zone=quarantine, packs=2, by=shop.keeper, at=shop.at)
    with pytest.raises(Invalid):
        found(lot="Z")
    with pytest.raises(Refused, match="已经在单上"):
        found(lot="A", zone=Zone.objects.get(code="WH-BJ-N"))
    made = found(lot="A")
    explain(line=made, explanation="放错库区", by=shop.keeper, at=shop.at)
    posted(shop, sheet)
    assert Balance.objects.get(zone=quarantine, lot=lots["A"]).quantity == 2
    assert queries.drift() == []


@pytest.mark.django_db
def test_a_missing_pack_is_taken_from_whom_it_was_set_aside_for(shop, beijing, sheet, fish_oil, monkeypatch):
    heard = []
    monkeypatch.setitem(bus._subscribers, ReservationLost, [heard.append])
    set_aside(warehouse=beijing, product=fish_oil, packs=18, number=4, by=shop.keeper, at=shop.at)
    counted(shop, sheet, A=16)
    told(shop, sheet, "A")
    posted(shop, sheet)
    assert [(one.subject_id, one.packs) for one in heard] == [(4, 2)]
    assert queries.drift() == []


@pytest.mark.django_db
def test_scope_of_the_sheet_and_of_people(shop, beijing, central, lots, fish_oil):
    cold, normal = Zone.objects.get(code="WH-BJ-C"), Zone.objects.get(code="WH-BJ-N")
    opened = partial(open_stocktake, warehouse=beijing, by=shop.keeper, at=shop.at)
    with pytest.raises(Refused, match="没有货可盘"):
        opened(zone=cold)
    with pytest.raises(Invalid):
        opened(zone=Zone.objects.get(code="WH-HQ-N"))
    assert opened(zone=normal).lines.count() == 3
    assert opened(category=fish_oil.category).lines.filter(balance__lot__code__in="AB").count() == 2
    with pytest.raises(OutOfScope):
        open_stocktake(warehouse=central, by=shop.keeper, at=shop.at)
    with pytest.raises(Forbidden):
        open_stocktake(warehouse=beijing, by=shop.manager, at=shop.at)


@pytest.mark.django_db
def test_given_up_with_a_reason_and_kept(shop, sheet, lots):
    counted(shop, sheet, A=19)
    with pytest.raises(Invalid):
        drop_stocktake(stocktake=sheet, reason="", by=shop.keeper, at=shop.at)
    drop_stocktake(stocktake=sheet, reason="开错范围", by=shop.keeper, at=shop.at)
    assert amounts()["A"] == 20
    assert StocktakeCount.objects.count() == 1
    with pytest.raises(Refused):
        posted(shop, sheet)


@pytest.mark.django_db
@pytest.mark.req("STK-010")
def test_on_the_screen_and_on_paper_nobody_sees_the_book_before_counting(shop, beijing, lots, login):
    Balance.objects.filter(lot__code="A").update(quantity=20)
    keeper, second, director = login(shop.keeper), login(shop.central_keeper), login(shop.director)
    assert keeper.get("/stock/stocktakes/new/").status_code == 200
    page = keeper.post("/stock/stocktakes/new/", {"warehouse": "WH-BJ"}, follow=True)
    sheet = Stocktake.objects.get()
    url = f"/stock/stocktakes/{sheet.pk}/"
    body = page.content.decode()
    assert "0</b> / 3" in body and ">20<" not in body and ">30<" not in body
    paper = documents.count_list(sheet.pk)
    assert [one.balance.lot.code for one in paper["lines"]] == ["C", "A", "B"]
    assert keeper.post(f"{url}prints/").status_code == 302
    assert Print.objects.filter(document="stock.count_list").count() == 1
    pk = {code: line(sheet, code).pk for code in "ABC"}
    assert "B" in keeper.get(f"{url}?q=B").content.decode()
    done = keeper.post(
        f"{url}counts/", {f"line-{pk['A']}": "19", f"line-{pk['B']}": "", f"line-{pk['C']}": "12"}, follow=True
    )
    assert "实数已记下" in done.content.decode()
    again = keeper.get(url).content.decode()
    assert ">-1" in again and ">-18" not in again and "换人重盘" in again
    bad = keeper.post(f"{url}counts/", {f"line-{pk['B']}": "十"}, follow=True).content.decode()
    assert "实数要在 0 到 1000000 之间" in bad
    keeper.post(f"{url}lines/{pk['A']}/", {"explanation": "漏记"})
    assert "等重盘" in director.get(url).content.decode()
    assert "换一个人重盘" in keeper.post(f"{url}counts/", {f"line-{pk['C']}": "12"}, follow=True).content.decode()
    assert "重盘：C" in director.post(f"{url}posting/", follow=True).content.decode()
    second.post(f"{url}counts/", {f"line-{pk['C']}": "30"})
    assert "审批入账" not in keeper.get(url).content.decode()
    assert keeper.post(f"{url}posting/").status_code == 403
    assert "已入账" in director.post(f"{url}posting/", follow=True).content.decode()
    assert amounts() == {"A": 19, "B": 10, "C": 30}
    assert login(shop.manager).get(url).status_code == 403
    assert "PD26" in keeper.get("/stock/stocktakes/").content.decode()


@pytest.mark.django_db
def test_many_lines_cost_the_statements_of_few(shop, beijing, sheet, lots):
    codes = list(Product.objects.values_list("code", flat=True))
    rows = [(code, f"{code}-{n}", 9, date(2028, 1 + n, 28)) for code in codes for n in range(6)]
    stock_in(beijing, rows, by=shop.keeper, at=shop.at)

    def cost(work):
        with CaptureQueriesContext(connection) as seen:
            work()
        return len(seen)

    def sheet_of(count, packs):
        made = open_stocktake(warehouse=beijing, by=shop.keeper, at=shop.at)
        lines = list(made.lines.order_by("pk")[:count])
        given = {one.pk: packs for one in lines}
        costs = [cost(lambda: count_lines(stocktake=made, counted=given, by=shop.keeper, at=shop.at))]
        costs.append(cost(lambda: count_lines(stocktake=made, counted=given, by=both(shop), at=shop.at)))
        StocktakeLine.objects.filter(stocktake=made).update(explanation="盘亏")
        costs.append(cost(lambda: posted(shop, made)))
        return costs

    sheet_of(3, 8)
    assert sheet_of(200, 7) == sheet_of(3, 6)


@pytest.mark.django_db(transaction=True)
def test_two_people_post_the_same_count_while_others_issue(shop, beijing, lots, fish_oil):
    sheet = open_stocktake(warehouse=beijing, by=shop.keeper, at=shop.at)
    counted(shop, sheet, A=18)
    told(shop, sheet, "A")

    def pick(number):
        return issue(warehouse=beijing, lines=[(fish_oil, 1)], purpose=f"第 {number} 位", by=shop.keeper, at=shop.at)

    works = [partial(posted, shop, sheet), partial(posted, shop, sheet, by=shop.product_manager)]
    got = at_once([*works, *(partial(pick, number) for number in range(4))])
    assert Counter(type(one).__name__ for one in got) == {"Stocktake": 1, "Refused": 1, "IssueSlip": 4}, got
    assert amounts()["A"] == 20 - 2 - 4
    assert Move.objects.filter(kind="count").count() == 1
    assert queries.drift() == []


@pytest.mark.django_db
def test_a_scanner_counts_over_the_api(shop, beijing, lots, client, settings):
    settings.TEST_CLOCK = True
    tokens = {
        one: issue_token(user=one, name="test", by=shop.admin, at=shop.at) for one in (shop.keeper, shop.director)
    }

    def ask(path, body=None, by=shop.keeper):
        headers = {"Authorization": f"Bearer {tokens[by]}", "X-Kefu-At": shop.at.isoformat()}
        if body is None:
            answer = client.get(f"/api/v1/stocktakes{path}", headers=headers)
        else:
            answer = client.post(f"/api/v1/stocktakes{path}", body, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    status, made = ask("", {"warehouse": "WH-BJ"})
    assert (status, made["state"], made["lines"], made["counted"]) == (201, "counting", 3, 0)
    sheet = f"/{made['id']}"
    items = ask(f"{sheet}/lines")[1]["items"]
    assert {one["lot"]: (one["counted"], one["variance"]) for one in items} == dict.fromkeys("ABC", (None, None))
    line_of = {one["lot"]: one["id"] for one in items}
    counts = [{"line": line_of[lot], "packs": packs} for lot, packs in {"A": 19, "B": 10, "C": 2}.items()]
    assert ask(f"{sheet}/counts", {"counts": counts})[1]["counted"] == 3
    told = {one["lot"]: (one["variance"], one["recount"]) for one in ask(f"{sheet}/lines?differing=true")[1]["items"]}
    assert told == {"A": (-1, False), "C": (None, True)}, "what is to be counted again stays unseen"
    assert ask(f"{sheet}/counts", {"counts": [counts[0], counts[0]]})[0] == 422
    assert ask(f"{sheet}/counts", {"counts": [{"line": "stl_0", "packs": 1}]})[0] == 422
    assert ask(f"{sheet}/explanations", {"line": line_of["A"], "explanation": "漏记"})[1]["explanation"] == "漏记"
    assert ask(f"{sheet}/posting", {})[0] == 403
    status, refused = ask(f"{sheet}/posting", {}, by=shop.director)
    assert (status, refused["code"]) == (409, "recount")
    assert [one["id"] for one in ask("")[1]["items"]] == [made["id"]]
    assert ask("", {"warehouse": "WH-BJ", "zone": "WH-HQ-N"})[0] == 404
