"""The week of a centre: what was deducted against what customers and colleagues say, settled by two people; pages, paper and programs."""

import json
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from pypdf import PdfReader

from kefu.administration.content import load_ladders, load_roles
from kefu.billing.actions import (
    Found,
    confirm_week,
    counter,
    deduct,
    drop_week,
    reconcile_week,
    sell_prepaid,
    take_payment,
)
from kefu.billing.limits import PREPAID_WEEK_DAYS
from kefu.billing.models import Prepaid, PrepaidWeek, PrepaidWeekLine
from kefu.billing.prepaid_slots import weeks_owed
from kefu.billing.queries.weeks import weeks_listed
from kefu.billing.tests.conftest import colleague
from kefu.customers.models import Customer
from kefu.foundation.api.actions import issue_token
from kefu.foundation.files.storage import read
from kefu.foundation.printing.models import Print
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.kernel.ids import ident
from kefu.testing.races import at_once

D = Decimal
MONDAY, END = date(2026, 11, 23), date(2027, 5, 31)
GOLDEN = Path(__file__).parent / "golden" / "prepaid.txt"


def refusal(work, kind=Refused):
    with pytest.raises(kind) as caught:
        work()
    return caught.value


@pytest.fixture(autouse=True)
def ladders(cast):
    load_roles(by=None, at=cast.at)
    load_ladders(by=None, at=cast.at)


@pytest.fixture
def second(cast):
    return colleague(cast, "cashier2", "cashier", "白示文", "2094")


@pytest.fixture
def tao(cast):
    return Customer.objects.create(name="陶映川", node=cast.bj, doctor=cast.doctor, health_manager=cast.manager,
                                   created_by=cast.manager, created_at=cast.at)  # fmt: skip


@pytest.fixture
def sell(cast, shen, cashier):
    def work(customer=shen, units=10, price="1000"):
        return sell_prepaid(
            customer=customer, item="瑜伽私教", units=units, price=D(price), valid_until=END, by=cashier, at=cast.at
        )

    return work


@pytest.fixture
def use(cast, cashier):
    def work(prepaid, units=1, on=MONDAY, at=cast.at):
        return deduct(prepaid=prepaid, units=units, on=on, item="晨练", served_by=cast.manager, by=cashier, at=at)

    return work


@pytest.mark.req("CUS-029")
def test_a_week_is_reconciled_and_its_differences_settled_by_two(cast, sell, use, tao, cashier, second, finance):
    hers, his = sell(), sell(tao, units=4)
    use(hers, 2), use(his)
    counter(entry=use(his), reason="没来", by=cashier, at=cast.at)
    monday = cast.at + timedelta(days=7)
    assert list(weeks_owed(cashier, cast.at)) == []
    [item] = weeks_owed(cashier, monday)
    assert (item.what, item.url, PREPAID_WEEK_DAYS.on(monday)) == (
        "2026-11-23 那一周还没有对课", f"/prepaid-weeks/new/{cast.bj.pk}/2026-11-23/", 2)  # fmt: skip
    assert item.due_at.isoformat() == "2026-12-02T00:00:00+08:00"
    assert [list(weeks_owed(one, monday)) for one in (cast.doctor, cast.manager, cast.sh_manager)] == [[], [], []]
    found = {hers.pk: Found(1, "customer", "客户说只上了一节"), his.pk: Found(1, "colleague")}
    check = partial(reconcile_week, node=cast.bj, monday=MONDAY, found=found, by=cashier, at=monday)
    for wrong, field in (({"monday": MONDAY + timedelta(days=1)}, "monday"), ({"monday": MONDAY + timedelta(days=14)}, "monday"),
                         ({"found": found | {hers.pk: Found(1)}}, "found"), ({"found": found | {hers.pk: Found(-1)}}, "found"),
                         ({"found": found | {his.pk: Found(1, "x")}}, "found")):  # fmt: skip
        assert [one.field for one in refusal(partial(check, **wrong), Invalid).errors] == [field]
    assert refusal(partial(check, found={hers.pk: Found(2)})).code == "changed"
    assert refusal(partial(check, monday=MONDAY - timedelta(days=7))).code == "nothing_to_reconcile"
    for somebody, kind in (
        (cast.doctor, Forbidden),
        (cast.director, Forbidden),
        (cast.manager, OutOfScope),
        (cast.sh_manager, OutOfScope),
    ):
        refusal(partial(check, by=somebody), kind)
    week = check()
    assert (week.number, week.status, [(one.booked, one.confirmed, one.difference) for one in week.lines.all()]) == (
        "DK-BJ-2600001", "waiting", [(2, 1, -1), (1, 1, 0)])  # fmt: skip
    assert [refusal(check).code, refusal(partial(use, hers, on=MONDAY, at=monday)).code] == ["week_closed"] * 2
    assert [one.what for one in weeks_owed(second, monday)] == ["DK-BJ-2600001 的差异等第二个人确认"]
    assert list(weeks_owed(cashier, monday)) == []
    agree = partial(confirm_week, week=week, at=monday)
    assert refusal(partial(agree, by=cashier)).code == "same_person"
    assert agree(by=second).status == "confirmed"
    entry = week.lines.get(prepaid=hers).entry
    assert (entry.kind, entry.units, entry.reason, Prepaid.objects.get(pk=hers.pk).balance) == (
        "countered", 1, "客户说只上了一节", 9)  # fmt: skip
    assert refusal(partial(agree, by=finance)).code == "confirmed"
    assert refusal(partial(drop_week, week=week, reason="x", by=finance, at=monday)).code == "confirmed"
    # a week without differences needs one person; dropped, it is done again
    use(hers, on=MONDAY + timedelta(days=7), at=monday)
    check = partial(check, monday=MONDAY + timedelta(days=7), found={hers.pk: Found(1)})
    plain = check()
    assert (plain.status, refusal(partial(confirm_week, week=plain, by=second, at=monday)).code) == (
        "closed",
        "no_difference",
    )
    refusal(partial(drop_week, week=plain, reason=" ", by=second, at=monday), Invalid)
    assert drop_week(week=plain, reason="漏看了一节", by=second, at=monday).status == "dropped"
    assert refusal(partial(drop_week, week=plain, reason="x", by=second, at=monday)).code == "dropped"
    use(hers, on=MONDAY + timedelta(days=7), at=monday)
    more = check(found={hers.pk: Found(99, "customer", "上了很多")})
    assert refusal(partial(confirm_week, week=more, by=second, at=monday)).code == "not_enough"
    assert PrepaidWeek.objects.get(pk=more.pk).status == "waiting"
    Customer.objects.filter(pk=tao.pk).update(health_manager=cast.manager2)
    shown = {one: weeks_listed(one, {}, monday).get(pk=week.pk).lines.all() for one in (cast.manager, cast.director)}
    assert [len(lines) for lines in shown.values()] == [1, 2]
    line = more.lines.get()
    for attempt in (
        lambda: PrepaidWeek.objects.filter(pk=week.pk).update(dropped_at=monday, dropped_by=second, dropped_why="x"),
        lambda: PrepaidWeek.objects.filter(pk=more.pk).update(confirmed_at=monday, confirmed_by=cashier),
        lambda: PrepaidWeek.objects.create(number="X", node=cast.bj, monday=MONDAY, two_people=False, by=second, at=monday),
        lambda: PrepaidWeekLine.objects.filter(pk=line.pk).update(confirmed=2),
        lambda: line.delete(),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()


@pytest.mark.req("CUS-029")
@pytest.mark.django_db(transaction=True)
def test_who_deducts_while_a_week_is_reconciled_is_on_the_sheet_or_refused(cast, sell, use, cashier, second):
    hers = sell()
    use(hers)
    check = partial(reconcile_week, node=cast.bj, monday=MONDAY, at=cast.at)
    got = at_once([
        partial(check, found={hers.pk: Found(1)}, by=cashier), partial(check, found={hers.pk: Found(1)}, by=second),
        partial(use, hers), partial(use, hers),
    ])  # fmt: skip
    weeks = [one for one in got if isinstance(one, PrepaidWeek)]
    assert {one.code for one in got if isinstance(one, Refused)} <= {"week_closed"}
    assert all(isinstance(one, (PrepaidWeek, Refused, Invalid)) or one.units == -1 for one in got)
    for week in weeks:
        assert week.lines.get().booked == 10 - Prepaid.objects.get(pk=hers.pk).balance


@pytest.mark.req("CUS-029")
def test_packages_in_the_browser_and_on_paper(cast, shen, sell, use, tao, cashier, second, login):
    browser, other = login(cashier), login(second)
    made = browser.post(f"/customers/{shen.pk}/prepaid/new/", {
        "item": "瑜伽私教", "units": "10", "unit": "lesson", "price": "1000", "valid_until": "2027-05-31", "key": "k"})  # fmt: skip
    prepaid = Prepaid.objects.get()
    page = f"/prepaid/{prepaid.pk}/"
    assert (made.status_code, made.url) == (302, page)
    assert browser.post(f"/customers/{shen.pk}/prepaid/new/", {"item": "x"}).status_code == 422
    take_payment(customer=shen, amount=D(1000), method="cash", by=cashier, at=cast.at)
    sent = {
        "units": "2",
        "on": "2026-11-23",
        "item": "晨练",
        "served_by": cast.manager.pk,
        "signature": "QZ-1",
        "key": "d",
    }
    verbs = {
        "deductions/new/": [({"units": "99"}, 409), ({"units": "x"}, 422), ({}, 302), ({}, 302)],
        "freezes/new/": [({"starts": "2026-11-20", "until": "2026-12-01", "reason": "出差"}, 422),
                         ({"starts": "2026-11-24", "until": "2026-12-03", "reason": "出差"}, 302)],
        "transfers/new/": [({"to": "999999", "units": "1", "paper": "ZR-1", "reason": "送人"}, 422),
                           ({"to": str(tao.pk), "units": "3", "paper": "ZR-1", "reason": "送人"}, 302)],
        "refunds/new/": [({"units": "6", "reason": "搬家"}, 409), ({"units": "5", "reason": "搬家"}, 302)],
    }  # fmt: skip
    for path, tries in verbs.items():
        assert browser.get(page + path).status_code == 200
        assert [browser.post(page + path, sent | given).status_code for given, _status in tries] == [
            status for _given, status in tries
        ]
    shown = browser.get(page).content.decode()
    for words in ("QZ-1", "KB-BJ-2600002", "2027-06-10", "¥500.00", "等批准", "用完"):
        assert words in shown
    assert browser.post(f"{page}thawing/").status_code == 302 and "2027-05-31" in browser.get(page).content.decode()
    first = prepaid.entries.get(kind="deducted")
    refunded = prepaid.entries.get(kind="refunded")
    assert browser.post(f"/prepaid/entries/{refunded.pk}/return/", {"reason": "x"}).status_code == 409
    low = prepaid.lows.get()
    assert [
        browser.post(f"/prepaid/lows/{low.pk}/outcome/", {"outcome": text}).status_code for text in ("", "不续", "x")
    ] == [422, 302, 409]
    for state, there in (("used", True), ("usable", True), ("frozen", False), ("low", True), ("expired", False)):
        assert ("KB-BJ-26" in browser.get(f"/prepaid/?state={state}&q=瑜伽").content.decode()) is there
    assert "KB-BJ-2600001" in browser.get(f"/customers/{shen.pk}/tabs/prepaid/").content.decode()
    for _time in range(2):
        assert browser.post(f"{page}prints/").status_code == 302
    prints = Print.objects.order_by("pk")
    text = "\n".join(sheet.extract_text() for sheet in PdfReader(BytesIO(read(prints[0].file))).pages)
    assert [one.copy_label for one in prints] == ["", "副本 1"] and text == GOLDEN.read_text(encoding="utf-8")
    address = f"/prepaid-weeks/new/{cast.bj.pk}/2026-11-23/"
    assert (
        "去对课" in browser.get("/prepaid-weeks/").content.decode() and "晨练" in browser.get(address).content.decode()
    )
    told = {
        "package": prepaid.pk,
        f"units_{prepaid.pk}": "1",
        f"witness_{prepaid.pk}": "customer",
        f"note_{prepaid.pk}": "只上一节",
    }
    tries = [
        ({f"units_{prepaid.pk}": "x"}, 422),
        ({f"note_{prepaid.pk}": ""}, 422),
        ({"package": "1"}, 409),
        ({}, 302),
        ({}, 409),
    ]
    assert [browser.post(address, told | given).status_code for given, _status in tries] == [
        status for _given, status in tries
    ]
    week = PrepaidWeek.objects.get()
    sheet = f"/prepaid-weeks/{week.pk}/"
    assert (
        "确认差异并更正" in other.get(sheet).content.decode()
        and "确认差异并更正" not in browser.get(sheet).content.decode()
    )
    assert other.post(f"{sheet}dropping/", {"reason": ""}).status_code == 422
    assert other.post(f"{sheet}confirmation/").status_code == 302
    assert (
        "DK-BJ-2600001" in browser.get(page).content.decode()
        and "差异已更正" in browser.get("/prepaid-weeks/").content.decode()
    )
    assert browser.post(f"/prepaid/entries/{first.pk}/counter/", {"reason": "记错"}).status_code == 409
    assert f"/prepaid/entries/{first.pk}/counter/" not in browser.get(page).content.decode()
    assert (
        browser.get("/prepaid-weeks/new/1/2026-11-24/").status_code
        == 404
        == browser.get(address.replace("-23/", "-xx/")).status_code
    )
    stranger, doctor = login(cast.sh_manager), login(cast.doctor)
    assert [stranger.get(one).status_code for one in (page, f"{page}deductions/new/", sheet, address)] == [404] * 4
    assert [doctor.get(one).status_code for one in (page, "/prepaid/", "/prepaid-weeks/")] == [403] * 3


@pytest.mark.req("CUS-029")
def test_a_program_keeps_the_ledger(cast, shen, tao, cashier, second, client, settings):
    settings.TEST_CLOCK = True

    def send(path, body=None, user=cashier, **headers):
        token = issue_token(user=user, name="test", by=cast.admin, at=cast.at)
        headers = {"Authorization": f"Bearer {token}", "X-Kefu-At": cast.at.isoformat()} | headers
        if body is None:
            return client.get(f"/api/v1/{path}", headers=headers)
        return client.post(f"/api/v1/{path}", json.dumps(body), "application/json", headers=headers)

    body = {
        "customer": ident("cus", shen.pk),
        "item": "推拿",
        "units": 10,
        "unit": "time",
        "price": "1000",
        "valid_until": "2027-05-31",
    }
    made = send("prepaid", body)
    prepaid = made.json()
    path = f"prepaid/{prepaid['id']}"
    assert (made.status_code, prepaid["number"], prepaid["balance"], prepaid["entries"][0]["kind"]) == (
        201,
        "KB-BJ-2600001",
        10,
        "bought",
    )
    assert (
        send("prepaid", body | {"units": 0}).status_code == 422
        and send("prepaid", body, cast.doctor).status_code == 403
    )
    used = {"units": 2, "on": "2026-11-23", "item": "推拿", "served_by": "2004"}
    for _time in range(2):
        left = send(f"{path}/deductions", used, **{"Idempotency-Key": "a"}).json()
    assert (left["balance"], left["entries"][1]["served_by"]) == (8, "2004")
    assert send(f"{path}/deductions", used | {"units": 9}).json()["left"] == 8
    assert send(f"{path}/deductions", used | {"served_by": "x"}).status_code == 404
    frozen = send(f"{path}/freezes", {"starts": "2026-11-24", "until": "2026-11-25", "reason": "出差"}).json()
    assert frozen["valid_until"] == "2027-06-02" and send(f"{path}/thawing", {}).json()["valid_until"] == "2027-05-31"
    got = send(f"{path}/transfers", {"to": ident("cus", tao.pk), "units": 3, "paper": "ZR-1", "reason": "送人"}).json()
    assert (got["origin"], got["balance"]) == ("KB-BJ-2600001", 3)
    back = send(f"{path}/refunds", {"units": 1, "reason": "少上"}).json()
    entry = back["entries"][-1]
    assert (back["balance"], send(f"prepaid-entries/{entry['id']}/return", {"reason": "不退了"}).json()["balance"]) == (
        4,
        5,
    )
    week = {"node": "BJ", "monday": "2026-11-23", "found": [{"prepaid": "KB-BJ-2600001", "units": 1, "note": "只一次"}]}
    assert send("prepaid-weeks", week | {"found": week["found"] * 2}).status_code == 422
    assert [send("prepaid-weeks", week, user).status_code for user in (cast.doctor, cast.manager, cast.sh_manager)] == [
        403,
        404,
        404,
    ]
    sheet = send("prepaid-weeks", week).json()
    assert (sheet["status"], sheet["lines"][0]["difference"]) == ("waiting", -1)
    assert send(f"prepaid-weeks/{sheet['id']}/confirmation", {}).json()["code"] == "same_person"
    assert send(f"prepaid-weeks/{sheet['number']}/confirmation", {}, second).json()["status"] == "confirmed"
    assert send(f"prepaid-weeks/{sheet['id']}/dropping", {"reason": "x"}).json()["code"] == "confirmed"
    deducted = send(path).json()["entries"][1]
    assert send(f"prepaid-entries/{deducted['id']}/counter", {"reason": "记错"}).json()["code"] == "week_settled"
    assert [one["id"] for one in send(f"prepaid?customer={ident('cus', tao.pk)}").json()["items"]] == [got["id"]]
    assert [one["number"] for one in send("prepaid-weeks?monday=2026-11-23").json()["items"]] == ["DK-BJ-2600001"]
    assert [
        send(path, user=cast.sh_manager).status_code,
        send(f"prepaid-weeks/{sheet['id']}", user=cast.sh_manager).status_code,
    ] == [404, 404]
