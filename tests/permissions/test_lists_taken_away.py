"""Every list that can be taken away: with the right, with a reason, noted, marked, and holding what its page holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from tests.permissions.conftest import grant

from kefu.customers.actions import create_lead
from kefu.customers.models import LikePair, Referral
from kefu.followup.models import FollowUp
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange.limits import EXPORT_ROWS
from kefu.foundation.exchange.lists import Listed, registered
from kefu.foundation.limits.models import LimitValue
from kefu.journey.tests.walking import Walk
from kefu.organisation.models import User

pytestmark = pytest.mark.django_db
Login = Callable[[User], Client]
SEEN = {
    "administration.stand_ins": "何示清", "appointments.list": "沈知夏", "appointments.requests": "沈知夏", "appointments.waitlist": "沈知夏", "billing.day_closes": "RJ-BJ-2600001", "billing.payments": "沈知夏", "billing.prepaid": "沈知夏", "billing.prepaid_weeks": "DK-BJ-2600001", "billing.refunds": "沈知夏", "consultations.consultations": "沈知夏", "customers.leads": "倪若安", "customers.moves": "区划调整",
    "customers.pairs": "陶映川", "customers.privacy_requests": "沈知夏", "customers.referral_plans": "茶叶一份", "customers.referrals": "陶映川",
    "customers.trackings": "沈知夏", "followup.due": "沈知夏", "followup.push": "沈知夏", "journey.journeys": "陶映川", "lab.messages": "协和洛奇检验室", "lab.orders": "沈知夏",
    "lab.papers": "陶映川", "lab.samples": "苏示晴", "messaging.messages": "您的报告好了。", "people.attributes": "何示文",
    "people.cases": "三个月后睡眠恢复", "people.departures": "何示清", "people.doctors": "何示宁", "people.institutions": "'=远达快递",
    "people.staff": "何示文", "products.items": "T-GEN", "products.products": "N-014", "sales.purchases": "沈知夏", "sales.reversals": "沈知夏", "sales.shortages": "沈知夏", "stock.breaches": "WH-BJ-C", "stock.count_lines": "DA26031", "stock.issues": "沈知夏",
    "dispatch.backs": "TH2600001", "dispatch.day": "沈知夏", "dispatch.lines": "沈知夏", "dispatch.listing": "N-014", "dispatch.sheets": "HD2600001", "dispatch.runs": "FC2600001", "dispatch.short": "沈知夏", "dispatch.wishes": "沈知夏",
    "requisitions.lendings": "JY2600001", "requisitions.lines": "N-014", "requisitions.par": "WH-BJ", "requisitions.requisitions": "SQ2600001", "requisitions.transit": "SQ2600001",
    "purchasing.compared": "N-014", "purchasing.deliveries": "DH2600001", "purchasing.orders": "CD2600001", "purchasing.proposal_lines": "N-014", "purchasing.proposals": "CJ2600001", "purchasing.requests": "CG2600001", "purchasing.supplies": "FO-60",
    "products.label_checks": "脂肪酸", "products.missing_labels": "N-014", "products.periods": "N-014", "products.promotions": "冬补", "products.reports": "漏写了甘油",
    "stock.lots": "N-014", "stock.moves": "DA26031", "stock.readings": "WH-BJ-C", "stock.recalls": "DA26031", "stock.recipients": "沈知夏", "stock.slow": "SHORT", "stock.stocktakes": "PD2600001", "stock.destructions": "XH2600001", "stock.destruction_candidates": "SPOILT", "stock.measures": "北京朝阳中心库房", "surveys.candidates": "沈知夏", "surveys.opinions": "等得太久",
    "surveys.responses": "沈知夏",
}  # fmt: skip
ABOUT_CUSTOMERS = {
    "appointments.list", "appointments.requests", "appointments.waitlist", "billing.payments", "billing.prepaid", "billing.prepaid_weeks", "billing.refunds", "consultations.consultations", "customers.pairs", "customers.privacy_requests", "customers.referrals", "customers.trackings",
    "dispatch.backs", "dispatch.day", "dispatch.lines", "dispatch.short", "dispatch.wishes", "followup.due", "followup.push",
    "journey.journeys", "lab.orders", "messaging.messages", "sales.purchases", "sales.reversals", "sales.shortages", "stock.issues", "stock.recipients", "surveys.candidates",
    "surveys.opinions", "surveys.responses",
}  # fmt: skip
"""Lists on which 沈知夏 stands."""
ABOUT_OTHERS = {"customers.leads", "lab.papers", "lab.samples"}
FILTER = {
    "followup.due": "due_to=2027-06-30", "stock.issues": "warehouse=WH-BJ", "stock.lots": "warehouse=WH-BJ",
    "dispatch.day": "warehouse=WH-BJ&day=2026-11-23", "dispatch.lines": "run=FC2600001",
    "requisitions.lines": "requisition=SQ2600001", "requisitions.par": "warehouse=WH-BJ",
    "stock.moves": "product=N-014", "stock.count_lines": "stocktake=PD2600001", "stock.readings": "zone=WH-BJ-C", "stock.recipients": "recall=700001", "stock.slow": "warehouse=WH-BJ",
    "purchasing.proposal_lines": "proposal=CJ2600001",
}  # fmt: skip


def address(code: str) -> str:
    return f"{reverse('exchange:export', args=[code])}?{FILTER.get(code, '')}"


def page_of(listed: Listed) -> str:
    return listed.home(asked_of(listed.code))


def asked_of(code: str) -> QueryDict:
    return QueryDict(FILTER.get(code, ""))


def table(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


@pytest.mark.req("SEC-001", part="exports")
@pytest.mark.req("SEC-003", part="exports")
def test_each_list_leaves_with_reason_mark_and_trail(house: Walk, login: Login) -> None:
    assert SEEN.keys() == {listed.code for listed in registered()}, "say what the new list holds"
    director, customer = login(house.cast.director), house.customer.pk
    for listed in registered():
        code = listed.code
        page = director.get(page_of(listed)).content.decode()
        assert f'href="/exports/{code}/' in page, code
        assert director.get(address(code)).status_code == 200
        assert director.post(address(code), {"reason": " "}).status_code == 422
        assert not AuditEntry.objects.filter(code=f"{code}.exported").exists()
        answer = director.post(address(code), {"reason": "月度核对", "form": "csv"})
        assert answer.content.startswith("\ufeff".encode()), code
        head, *rows, mark = table(answer.content)
        assert head == [
            str(title) for title, _value in listed.shown(house.cast.director, asked_of(code), house.cast.at)
        ]
        assert any(SEEN[code] in row for row in rows), (code, rows)
        assert mark == ["导出人：何示安 2001，2026-11-23 09:00，用途：月度核对"]
        noted = AuditEntry.objects.filter(
            code=f"{code}.exported", kind="export", by=house.cast.director, reason="月度核对"
        )
        assert noted.filter(customer_id=None).get().changes["rows"] == [None, len(rows)]
        assert noted.filter(customer_id=customer).exists() == (code in ABOUT_CUSTOMERS), code
        assert noted.exclude(customer_id=None).exists() == (code in ABOUT_CUSTOMERS | ABOUT_OTHERS), code


def test_however_many_rows_a_list_has_its_columns_ask_nothing_more(house: Walk) -> None:
    cast = house.cast
    director = User.objects.get(pk=cast.director.pk)
    for listed in registered():
        found = list(listed.rows(director, asked_of(listed.code), cast.at))
        lines, columns = (
            list(listed.read(found, director, cast.at)),
            listed.shown(director, asked_of(listed.code), cast.at),
        )
        assert lines, listed.code
        with CaptureQueriesContext(connection) as asked:
            assert [[str(value(line)) for _title, value in columns] for line in lines]
            assert [tuple(listed.customers(line)) for line in lines]
        assert [one["sql"] for one in asked] == [], listed.code


@pytest.mark.req("SEC-001", part="exports")
def test_of_two_customers_only_who_may_be_taken_away_is_named(house: Walk, login: Login) -> None:
    """Somebody of Beijing brought somebody of Shanghai, and the two look like one: the director sees both, and may take away Beijing."""
    cast, director, at = house.cast, login(house.cast.director), house.cast.at
    there = create_lead(name="陆清和", phone="10000000004", node=cast.sh, by=cast.sh_manager, at=at).customer
    Referral.objects.create(referrer=house.customer, referred=there, on=at.date(), by=cast.manager, at=at)
    LikePair.objects.create(first=house.customer, second=there, why=3, found_at=at)
    for code, shown in (("customers.referrals", "不在您的范围内"), ("customers.pairs", "")):
        assert "陆清和" in director.get(reverse(code.replace(".", ":"))).content.decode()
        sheet = director.post(address(code), {"reason": "核对"}).content.decode()
        assert ("陶映川" in sheet, "陆清和" in sheet, shown in sheet) == (True, False, True)
    assert not AuditEntry.objects.filter(kind="export", customer_id=there.pk).exists()


def test_a_list_that_has_no_page_is_not_found(walk: Walk, login: Login) -> None:
    director = login(walk.cast.director)
    for address in ("nothing/", "stock.moves/", "stock.moves/?product=N%2F1", "journey.journeys/?node=%2F"):
        assert director.get(f"/exports/{address}").status_code == 404, address
    assert director.get("/exports/journey.journeys/?node=surveyed").status_code == 200


@pytest.mark.req("SEC-001", part="exports")
def test_who_may_not_take_lists_away_finds_no_way(walk: Walk, login: Login) -> None:
    for name in ("manager", "doctor", "consulting", "keeper", "admin"):
        person = login(getattr(walk.cast, name))
        for listed in registered():
            assert person.post(address(listed.code), {"reason": "核对"}).status_code == 403, (name, listed.code)
            assert "/exports/" not in person.get(page_of(listed)).content.decode(), (name, listed.code)
    plain = login(walk.cast.sh_manager)
    grant(walk.cast.sh_manager, "centre_director", walk.cast.sh)
    assert plain.post(address("lab.orders"), {"reason": "核对"}).status_code in (200, 403)


@pytest.mark.req("SEC-001", part="exports")
def test_what_one_sees_but_may_not_take_away_stays(walk: Walk, login: Login) -> None:
    """The supervisor sees the follow-ups of every centre and may take away those of Shanghai."""
    grant(walk.cast.supervisor, "centre_director", walk.cast.sh)
    supervisor = login(walk.cast.supervisor)
    assert "沈知夏" in supervisor.get("/follow-ups/?" + FILTER["followup.due"]).content.decode()
    rows = table(supervisor.post(address("followup.due"), {"reason": "核对"}).content)
    assert len(rows) == 2, "the head and the mark"


@pytest.mark.req("SEC-001", part="exports")
def test_a_list_of_ones_own_columns_leaves_as_it_was_made(walk: Walk, login: Login) -> None:
    """The chosen columns in the order of the list, none for a button; and of the rows only those that were picked."""
    director, url = login(walk.cast.director), address("followup.due")
    assert table(director.post(url, {"reason": "核对"}).content)[0] == [
        "应于",
        "客户",
        "种类",
        "事由",
        "分中心",
        "已打次数",
        "谁在办",
    ]
    chosen = f"{url}&columns=manager&columns=topic"
    assert "应于、客户、事由、健康管理师" in director.get(chosen).content.decode()
    head, *rows, _mark = table(director.post(chosen, {"reason": "核对"}).content)
    assert head == ["应于", "客户", "事由", "健康管理师"]
    assert {(row[1], row[3]) for row in rows} == {("沈知夏", "何示文")}
    only = FollowUp.objects.order_by("due_at").first()
    picked = {"action": "export", "row": only.pk, "query": FILTER["followup.due"]}
    away = director.post("/lists/followups/selection/", picked).url
    assert away == f"/exports/followup.due/?{FILTER['followup.due']}&row={only.pk}"
    assert len(table(director.post(away, {"reason": "核对"}).content)) == 3
    assert len(rows) > 1


def test_an_export_holds_what_the_page_was_narrowed_to_and_no_more_than_allowed(walk: Walk, login: Login) -> None:
    director = login(walk.cast.director)
    for state, found in (("dispatched", 1), ("cancelled", 0)):
        url = f"{address('sales.purchases')}state={state}"
        assert len(table(director.post(url, {"reason": "核对"}).content)) == found + 2
    page = director.get("/purchases/?state=dispatched&after=x").content.decode()
    assert 'href="/exports/sales.purchases/?state=dispatched"' in page
    today = walk.cast.at.date()
    LimitValue.objects.create(code=EXPORT_ROWS.code, value=1, valid_from=today, set_by=walk.cast.admin, set_at=walk.at)
    answer = director.post(address("products.products"), {"reason": "核对"})
    assert (answer.status_code, "一次最多导出 1 行，请先筛选。" in answer.content.decode()) == (409, True)
