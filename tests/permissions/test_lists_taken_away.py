"""Every list that can be taken away: with the right, with a reason, noted, marked, and holding what its page holds."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from psycopg.types.range import TimestamptzRange

from kefu.administration.content import load_ladders, load_roles
from kefu.appointments.models import Appointment, AppointmentRequest, WaitlistEntry
from kefu.billing import actions as billing
from kefu.customers.actions import create_lead
from kefu.customers.models import Customer, LikePair, PrivacyRequest, Referral, RewardPlan, Standing, TerritoryMove
from kefu.dispatch.testing import one_of_each
from kefu.followup.models import FollowUp, Push, PushRecipient
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.exchange.limits import EXPORT_ROWS
from kefu.foundation.exchange.lists import Listed, registered
from kefu.foundation.limits.models import LimitValue
from kefu.journey.tests.walking import Walk, start_walk
from kefu.messaging.models import Message, Template
from kefu.organisation.choices import Level, RoleScope
from kefu.organisation.models import Function, Grant, Node, Role, RoleCell, StandIn, User
from kefu.people.actions.institutions import add_institution
from kefu.people.models import Departure, Doctor, Institution
from kefu.products import actions as products
from kefu.products.models import Product
from kefu.purchasing.actions import run_proposal
from kefu.purchasing.testing import Buyers, arrived, ordered, supplied
from kefu.questionnaires.models import Questionnaire
from kefu.requisitions.models import Lending, ParLevel, Requisition
from kefu.sales.models import Purchase, PurchaseLine, Reversal, Settlement, Shortage
from kefu.stock.actions import change_quality, log_reading, open_stocktake, request_destruction
from kefu.stock.choices import Quality
from kefu.stock.models import Balance, IssueSlip, Lot, Recall, Warehouse, Zone
from kefu.stock.testing import open_with_zones, stock_in
from kefu.surveys.models import Opinion, Response
from kefu.testing.cast import Cast
from kefu.testing.scenes import scene
from kefu.testing.stories import customer_of

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


@scene
def walk(cast: Cast) -> Walk:
    """A customer of Beijing who has been all the way; the director there sees every list of the house, and may take away those of Beijing."""
    walk = start_walk(cast).to("product_dispatched")
    load_roles(only=frozenset({"institution_steward"}), by=None, at=cast.at)
    seeing = Role.objects.create(code="sees_all", zh="看所有列表", en="Sees all lists", scope=RoleScope.ALL)
    functions = Function.objects.exclude(code="data_export")
    RoleCell.objects.bulk_create(RoleCell(role=seeing, function=one, level=Level.ACT) for one in functions)
    grant(cast.director, "sees_all", cast.hq)
    steward = User.objects.get(pk=cast.director.pk)  # who knows of the new right
    details = {"zh": "=远达快递", "kind": "organisation"}
    add_institution(code="E-01", node=cast.bj, details=details, part="courier", by=steward, at=cast.at)
    return walk


@scene
def house(walk: Walk) -> Walk:
    """And a row for every other list."""
    cast, first, at, day = walk.cast, walk.customer, walk.cast.at, walk.cast.at.date()
    second = customer_of(cast, "陶映川", "10000000002")
    Walk(cast, second, at).to("overall_report")
    Walk(cast, customer_of(cast, "苏示晴", "10000000005"), at).to("kit_issued")
    create_lead(name="倪若安", phone="10000000003", node=cast.bj, by=cast.manager, at=at)
    _about_customers(cast, first, second)
    _about_colleagues(cast)
    warehouse = Warehouse.objects.get(code="WH-BJ")
    stock_in(warehouse, [("N-001", "SHORT", 400, day + timedelta(days=20))], by=cast.keeper, at=at)
    open_stocktake(warehouse=warehouse, by=cast.keeper, at=at)
    _to_destroy(cast, warehouse)
    _changed_purchases(first, cast)
    log_reading(
        zone=Zone.objects.get(code="WH-BJ-C"), temperature=Decimal(9), humidity=Decimal(50), by=cast.keeper, at=at
    )
    _purchasing(cast)
    _about_products(cast)
    Recall.objects.create(
        pk=700001, lot=Lot.objects.get(code="DA26031"), reason="厂家通知", by=cast.product_manager, at=at
    )
    _about_goods(cast, warehouse)
    one_of_each(order=Purchase.objects.filter(customer=first).latest("pk"), warehouse=warehouse, by=cast.keeper, at=at)
    return walk


def _to_destroy(cast: Cast, warehouse: Warehouse) -> None:
    """Goods that were spoilt, and of which somebody asked to destroy a part."""
    lot = stock_in(
        warehouse, [("N-001", "SPOILT", 9, cast.at.date() + timedelta(days=300))], by=cast.keeper, at=cast.at
    )
    spot = Balance.objects.get(lot=lot["SPOILT"])
    apart = change_quality(balance=spot, packs=9, quality=Quality.DAMAGED, reason="压坏", by=cast.keeper, at=cast.at)
    request_destruction(balance=Balance.objects.get(pk=apart.pk), packs=4, reason="压坏", by=cast.keeper, at=cast.at)


def _changed_purchases(customer: Customer, cast: Cast) -> None:
    """A reversal slip, and a settlement slip on which goods are short."""
    purchase = Purchase.objects.filter(customer=customer).latest("pk")
    line = purchase.lines.filter(quantity__gt=0).latest("pk")
    slip = {"purchase": purchase, "by": cast.manager, "at": cast.at}
    Reversal.objects.create(number="CH2600001", amount=Decimal(0), reason="少要一瓶", **slip)
    settlement = Settlement.objects.create(
        number="XJ2600001", total=Decimal(0), reversed=Decimal(0), paid=Decimal(0), **slip
    )
    PurchaseLine.objects.filter(pk=line.pk).update(shipped=0)
    Shortage.objects.create(settlement=settlement, line=line, packs=1)


def _about_goods(cast: Cast, warehouse: Warehouse) -> None:
    """A requisition whose goods are on their way to Beijing, a par level, and goods that were lent."""
    by, at, goods = {"by": cast.keeper, "at": cast.at}, cast.at, Product.objects.get(code="N-014")
    other = open_with_zones(node=cast.sh, code="WH-SH", keeper=cast.sh_manager, by=cast.admin, at=at)
    lots = stock_in(warehouse, [("N-014", "SENT", 5, at.date() + timedelta(days=300))], **by)
    spot = Balance.objects.get(lot=lots["SENT"])
    slip = IssueSlip.objects.create(number="CK-T", warehouse=other, to_warehouse=warehouse, **by)
    one = Requisition.objects.create(
        number="SQ2600001", target=warehouse, source=other, state="issued", slip=slip, open_packs=5, **by
    )
    known = {"free": 0, "coming": 0, "ordered": 0, "sold": 0, "waiting": 0, "proposed": 5}
    one.lines.create(product=goods, wanted=5, approved=5, **known)
    one.shipped.create(lot=lots["SENT"], balance=spot, packs=5)
    ParLevel.objects.create(warehouse=warehouse, product=goods, packs=9, valid_from=at.date(), reason="常备", **by)
    Lending.objects.create(
        number="JY2600001", warehouse=warehouse, borrower=cast.doctor, purpose="讲座", due_on=at.date(), **by
    )


def _purchasing(cast: Cast) -> None:
    """A maker, a proposal, and an order whose goods lie at the gate."""
    load_roles(only=frozenset({"leadership"}), by=None, at=cast.at)
    grant(cast.admin, "leadership", cast.hq)
    leader, maker = User.objects.get(pk=cast.admin.pk), [("N-014", "FO-60", 12, 24, "80.00")]
    supplied(code="SUP-M1", name="演示营养厂家甲", goods=maker, by=cast.product_manager, at=cast.at)
    Institution.objects.update(node=cast.bj)
    central = open_with_zones(
        node=cast.bj, code="WH-C", keeper=cast.central_keeper, by=cast.admin, at=cast.at, central=True
    )
    run_proposal(warehouse=central, by=cast.product_manager, at=cast.at)
    buyers = Buyers(cast.product_manager, leader, cast.central_keeper)
    order = ordered(warehouse=central, packs={"N-014": 24}, buyers=buyers, at=cast.at)
    arrived(order=order, by=cast.central_keeper, at=cast.at)


def _about_products(cast: Cast) -> None:
    oil, by = Product.objects.get(code="N-014"), {"by": cast.product_manager, "at": cast.at}
    day = cast.at.date()
    products.set_price(product=oil, price=Decimal(320), starts_on=day + timedelta(days=40), reason="新价目", **by)
    products.report_error(product=oil, fact="material", text="漏写了甘油", by=cast.service, at=cast.at)
    products.plan_promotion(
        title="冬补",
        starts_on=day,
        ends_before=day + timedelta(days=7),
        lines=[products.Offered(oil, Decimal(268))],
        reason="天冷",
        **by,
    )
    products.check_labels(node=cast.bj, category=oil.category, missing=[(oil, "price")], by=cast.keeper, at=cast.at)


def _about_customers(cast: Cast, first: Customer, second: Customer) -> None:
    by, at, day = cast.manager, cast.at, cast.at.date()
    Standing.objects.create(customer=first, tracked_on=day, due_on=day + timedelta(days=7), grade="A", demand="target",
                            deal_state="negotiating", importance="key")  # fmt: skip
    nine = at.replace(hour=9) + timedelta(days=1)
    half_hour = TimestamptzRange(nine, nine + timedelta(minutes=30))
    Appointment.objects.create(customer=first, doctor=cast.doctor, node=cast.bj, type_id="revisit", booked_by=by, booked_at=at,
                               during=half_hour, reach=half_hour)  # fmt: skip
    WaitlistEntry.objects.create(
        customer=first, type_id="revisit", node=cast.bj, first=day, last=day, channel="phone", since=at, by=by
    )
    AppointmentRequest.objects.create(customer=first, name=first.name, phone="10000000001", channel="phone", type_id="revisit", node=cast.bj,
                                      wished=nine, submitted_at=at, due_at=at + timedelta(hours=2), by=by)  # fmt: skip
    Referral.objects.create(referrer=first, referred=second, on=day, by=by, at=at)
    RewardPlan.objects.create(
        node=cast.bj, name="老带新", benefit="茶叶一份", earned_at="visited", valid_from=day, by=by, at=at
    )
    LikePair.objects.create(first=first, second=second, why=1, found_at=at)
    PrivacyRequest.objects.create(
        customer=first, kind="restrict", asker="self", ground="不想再被打扰", due_on=day, by=by, at=at
    )
    district = Node.objects.create(code="BJ-D", zh="朝阳示范区", en="Sample district", kind="office", parent=cast.bj)
    TerritoryMove.objects.create(source=cast.bj, target=district, on=day, reason="区划调整", made_by=by, made_at=at)
    words = {"audience": ["customer"], "channels": ["sms"], "variables": [], "zh": "您的报告好了。"}
    template = Template.objects.create(code="shown", version=1, group="report", at=at, **words)
    letter = Message.objects.create(customer=first, template=template, key="shown", channel="sms", address="10000000001", body="您的报告好了。",
                           withheld="opted_out", by=by, at=at)  # fmt: skip
    push = Push.objects.create(
        kind="campaign", title="讲座", template="shown", day=day, node=cast.bj, per_minute=1, made_by=by, made_at=at
    )
    PushRecipient.objects.create(push=push, customer=first, message=letter)
    survey = Questionnaire.objects.get(code="visit")
    refused = Response.objects.create(
        customer=first, survey=survey, node=cast.bj, outcome="refused", channel="phone", reason="没空", by=by, at=at
    )
    Opinion.objects.create(
        response=refused, question_code="VISIT_09", question="建议", text="等得太久", role="centre_director", due_at=at
    )
    payment = billing.take_payment(customer=first, amount=Decimal(1), method="cash", by=by, at=at)
    load_roles(by=None, at=at)
    load_ladders(by=None, at=at)
    billing.ask_refund(payment=payment, amount=Decimal("0.50"), reason="不做了", by=by, at=at)
    counted = billing.Counted({Decimal(1): 1}, {}, left=Decimal(1), opening=Decimal(0))
    billing.close_day(desk=payment.desk, counted=counted, by=by, at=at)
    seen = User.objects.get(pk=cast.director.pk)
    lessons = billing.sell_prepaid(
        customer=first, item="推拿", units=9, price=Decimal(0), valid_until=day + timedelta(days=90), by=by, at=at
    )
    billing.deduct(prepaid=lessons, units=1, on=day, item="推拿", served_by=by, by=by, at=at)
    monday = day - timedelta(days=day.weekday())
    billing.reconcile_week(node=cast.bj, monday=monday, found={lessons.pk: billing.Found(1)}, by=seen, at=at)


def _about_colleagues(cast: Cast) -> None:
    at, day = cast.at, cast.at.date()
    StandIn.objects.create(
        absent=cast.manager, substitute=cast.manager2, starts_at=at, ends_at=at + timedelta(days=3), reason="年假"
    )
    Departure.objects.create(
        user=cast.manager2, node=cast.bj, reason="career", last_day=day, opened_by=cast.director, opened_at=at
    )
    Doctor.objects.get(user=cast.doctor).entries.create(
        kind="case", on=day, text="三个月后睡眠恢复", shared=True, by=cast.doctor
    )


def grant(user: User, role: str, node: Node) -> None:
    Grant.objects.create(user=user, role=Role.objects.get(code=role), node=node, valid_from=date(2026, 1, 5))


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
