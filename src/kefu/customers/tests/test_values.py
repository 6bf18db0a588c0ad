"""What each tier of customers brings and could still bring, from what they did (CUS-017, CUS-018, CUS-040)."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kefu.administration.actions.limits import set_limit
from kefu.billing.actions import cancel_charge, record_charge
from kefu.billing.measures import often
from kefu.customers.actions import close_customer
from kefu.customers.actions.referrals import refer
from kefu.customers.actions.segments import add_segment
from kefu.customers.actions.valuing import ask_valuing, export_values, value_customers
from kefu.customers.choices import Tier
from kefu.customers.models import Customer, CustomerValue, TierChange, TierFigure, ValueRun
from kefu.customers.queries import CustomerFilter, listed
from kefu.customers.queries.valuing import gross_margin, tier_rows, trend
from kefu.customers.tests.factories import archive
from kefu.customers.valuing import metric
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.audit.trail import Subject
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.sentences.saying import plain
from kefu.journey.tests.walking import start_walk
from kefu.kernel.errors import Forbidden
from kefu.organisation.models import User
from kefu.organisation.queries import system_user
from kefu.sales.permissions import SalesPermission

SPENT = ("9000", "4000", "3000", "2000", "1000")


@pytest.fixture
def five(cast):
    """Five customers of one manager who spent less and less, all in the last twelve months and the same before."""
    people = [archive(cast, f"白示{name}", f"1381234602{place}") for place, name in enumerate("安宁和平康")]
    for place, (person, amount) in enumerate(zip(people, SPENT, strict=True)):
        spend(cast, person, amount, 30, place)
        spend(cast, person, amount, 400, 100 + place)
    return people


def spend(cast, customer, amount, days_ago, number, by=None):
    return record_charge(
        customer=customer, subject=Subject("sales.purchase", number), amount=Decimal(amount), item=plain("鱼油"),
        by=by or cast.manager, at=cast.at - timedelta(days=days_ago), permission=SalesPermission.ENTER,
    )  # fmt: skip


def value(cast, at=None):
    return value_customers(by=system_user("system"), at=at or cast.at)


def tiers():
    return dict(CustomerValue.objects.values_list("customer__name", "tier"))


def fresh(user):
    return User.objects.get(pk=user.pk)


def rows(user, at):
    return {row.tier: row.figures for row in tier_rows(fresh(user), gross_margin(at))}


def measured(code, cast, *people, since=None):
    found = metric(code).values([one.pk for one in people], since, cast.at + timedelta(minutes=1))
    return [found.get(one.pk, 0) for one in people]


@pytest.mark.req("CUS-017", part="time")
@pytest.mark.req("CUS-017", part="amount")
@pytest.mark.req("CUS-017", part="purchases")
@pytest.mark.req("CUS-017", part="frequency")
def test_time_amount_purchases_and_frequency_are_measured(cast, five):
    first, second, *_others = five
    Customer.objects.filter(pk=first.pk).update(archive_opened_at=cast.at - timedelta(days=730))
    cancel_charge(charge=spend(cast, second, "99", 5, 300), reason="改单", by=cast.manager, at=cast.at)
    assert measured("time", cast, first, second) == [730, 0]
    assert measured("amount", cast, first, second) == [18000, 8000]
    assert measured("purchases", cast, first, second) == [2, 2]
    assert measured("frequency", cast, first, since=cast.at - timedelta(days=365)) == [1]
    assert often(Decimal(52)) == "每周 1.0 次，每月 4.3 次，每季 13.0 次"


@pytest.mark.req("CUS-017", part="referrals")
def test_referrals_are_measured_by_occasions_and_persons(cast, five):
    first, second, third, *_others = five
    for friend, days_ago in ((second, 3), (second, 2), (third, 1)):
        refer(
            referrer=first, referred=friend, on=(cast.at - timedelta(days=days_ago)).date(), by=cast.manager, at=cast.at
        )
    assert measured("referral_occasions", cast, first, second) == [3, 0]
    assert measured("referral_persons", cast, first, second) == [2, 0]


@pytest.mark.req("CUS-017", part="items")
def test_different_products_and_tests_are_measured_once_they_are_signed(cast):
    walk = start_walk(cast).to("product_ordered")
    person = walk.customer
    until = walk.at + timedelta(days=1)
    tests = metric("tests").values([person.pk], None, until)
    products = metric("products").values([person.pk], None, until)
    assert tests[person.pk] == person.lab_orders.get().items.filter(removed_in__isnull=True).count()
    assert products[person.pk] == person.purchases.get().lines.count()
    assert metric("tests").values([person.pk], None, cast.at - timedelta(days=1)) == {}


@pytest.mark.req("CUS-018")
def test_a_run_puts_everybody_into_a_tier_by_the_standard_of_that_day(cast, five):
    run = value(cast)
    assert run.customers == 5
    assert run.standard["vip"] == 20
    assert run.standard["weights"]["amount"] == 10
    assert tiers() == {"白示安": "vip", "白示宁": "main", "白示和": "main", "白示平": "ordinary", "白示康": "general"}
    later = cast.at + timedelta(days=32)
    set_limit(code="customers.vip_percent", value=40, valid_from=later.date(), by=cast.admin, at=cast.at)
    value(cast, cast.at + timedelta(days=1))
    assert tiers()["白示宁"] == "main"
    assert value(cast, later).standard["vip"] == 40
    assert tiers()["白示宁"] == "vip"
    told = TierChange.objects.filter(customer=five[1]).values_list("before", "after")
    assert list(told) == [("main", "vip"), ("", "main")]
    assert TierChange.objects.filter(customer=five[0]).count() == 1


@pytest.mark.req("CUS-018")
def test_other_weights_make_another_vip(cast, five):
    last = five[-1]
    for friend in five[:3]:
        refer(referrer=last, referred=friend, on=(cast.at - timedelta(days=1)).date(), by=cast.manager, at=cast.at)
    value(cast)
    assert tiers()["白示康"] != "vip"
    for code in ("amount", "purchases", "frequency", "time", "products", "tests", "campaigns", "campaign_amount"):
        set_limit(code=f"customers.value_weight_{code}", value=0, valid_from=cast.at.date(), by=cast.admin, at=cast.at)
    value(cast, cast.at + timedelta(hours=1))
    assert tiers()["白示康"] == "vip"
    assert CustomerValue.objects.get(customer=last).score == 100


@pytest.mark.req("CUS-018")
def test_who_rises_is_a_potential_vip(cast, five):
    spend(cast, five[0], "1", 10, 500)
    spend(cast, five[2], "1500", 10, 501)
    value(cast)
    assert (tiers()["白示安"], tiers()["白示和"]) == ("vip", "potential")
    assert CustomerValue.objects.get(customer=five[2]).untapped == 9001 - 4500


@pytest.mark.req("CUS-040", part="figures and trend")
def test_the_page_tells_turnover_and_profit_and_what_is_still_to_be_tapped(cast, login, five):
    director = login(cast.director)
    assert "还没有计算过" in director.get(reverse("customers:values")).content.decode()
    value(cast)
    found = rows(cast.director, cast.at)
    assert found[Tier.VIP] == {"customers": 1, "turnover": 9000, "profit": None, "untapped": 0, "untapped_profit": None}
    # the middle VIP spent 9000, the middle main customer 3000, the ordinary one 2000
    assert (found[Tier.MAIN]["turnover"], found[Tier.MAIN]["untapped"]) == (7000, 5000 + 6000)
    assert (found[Tier.ORDINARY]["untapped"], found[Tier.GENERAL]["untapped"]) == (1000, 1000)
    assert (found[None]["customers"], found[None]["turnover"], found[None]["untapped"]) == (5, 19000, 13000)
    html = director.get(reverse("customers:values")).content.decode()
    assert "先设毛利率" in html
    assert f'href="{reverse("customers:list")}?tier=vip"' in html
    assert "¥13,000.00" in html
    set_limit(
        code="customers.gross_margin_percent",
        value=Decimal("35.5"),
        valid_from=cast.at.date(),
        by=cast.admin,
        at=cast.at,
    )
    html = director.get(reverse("customers:values")).content.decode()
    assert "先设毛利率" not in html
    assert ("¥6,745.00" in html, "¥4,615.00" in html, "35.5%" in html) == (True, True, True)


@pytest.mark.req("CUS-040", part="figures and trend")
def test_the_trend_says_what_changed_between_runs(cast, login, five):
    value(cast)
    spend(cast, five[0], "500", -20, 600)
    later = cast.at + timedelta(days=30)
    value(cast, later)
    (newest, steps), (oldest, first) = trend(fresh(cast.director), "turnover", None)
    assert (newest, oldest) == (later, cast.at)
    assert (steps[0].value, steps[0].change, first[0].change) == (9500, 500, None)
    assert [step.value for step in trend(fresh(cast.director), "customers", None)[0][1]] == [1, 2, 1, 1, 0]
    html = login(cast.director).get(reverse("customers:values"), {"figure": "turnover"}).content.decode()
    assert "¥500.00" in html
    assert trend(fresh(cast.sh_manager), "turnover", None) == []
    value(cast, later)
    again, twice, _once = trend(fresh(cast.director), "turnover", None)
    assert (again[1][0].value, again[1][0].change, twice[1][0].change) == (9500, 0, 500)


@pytest.mark.req("CUS-040", part="figures and trend")
def test_figures_list_and_export_say_the_same_within_the_scope(cast, login, five):
    archive(cast, "白示北", "13812346029", health_manager=cast.manager2)
    for number in range(3):
        spend(cast, Customer.objects.get(name="白示北"), "5000", 20, 700 + number, by=cast.manager2)
    value(cast)
    assert rows(cast.director, cast.at)[None]["customers"] == 6
    assert rows(cast.manager, cast.at)[None]["customers"] == 5
    assert rows(cast.sh_manager, cast.at)[None]["customers"] == 0
    for user in (cast.director, cast.manager):
        found = rows(user, cast.at)
        for tier in Tier:
            assert listed(fresh(user), CustomerFilter(tier=tier)).count() == found[tier]["customers"]
    assert "您的岗位只看自己的客户" in login(cast.manager).get(reverse("customers:values")).content.decode()
    html = login(cast.manager).get(reverse("customers:list"), {"tier": "vip"}).content.decode()
    assert ("白示安" in html, "白示宁" in html, "白示和" in html) == (True, False, False)
    assert "价值分层" in html
    segment = add_segment(
        name="大客户", node=cast.bj, definition={"tier": {"values": ["vip"]}}, by=cast.manager, at=cast.at
    )
    members = listed(fresh(cast.manager), CustomerFilter(segment=segment.pk, on=cast.at.date()))
    assert rows(cast.manager, cast.at)[Tier.VIP]["customers"] == members.count()
    file = export_values(reason="季度分析", form="csv", by=fresh(cast.director), at=cast.at)
    assert "VIP 客户,2," in file.content.decode("utf-8-sig")
    assert AuditEntry.objects.filter(code="customers.value.exported", reason="季度分析").exists()
    answer = login(cast.director).post(reverse("customers:value_export"), {"reason": "季度分析", "form": "csv"})
    assert answer["Content-Disposition"].startswith("attachment")
    assert (
        login(cast.director).post(reverse("customers:value_export"), {"reason": "", "form": "csv"}).status_code == 422
    )
    with pytest.raises(Forbidden):
        export_values(reason="想看", form="csv", by=fresh(cast.manager), at=cast.at)


def test_whoever_configures_has_it_computed_now_and_sees_no_figures(cast, login, five):
    admin = login(cast.admin)
    page = admin.get(reverse("customers:value_standard")).content.decode()
    assert ("现在计算" in page, "权重" in page) == (True, True)
    assert admin.get(reverse("customers:values")).status_code == 403
    assert admin.post(reverse("customers:valuing")).status_code == 302
    run_pending(cast.at)
    assert ValueRun.objects.get().customers == 5
    assert "5 位客户" in admin.get(reverse("customers:value_standard")).content.decode()
    with pytest.raises(Forbidden):
        ask_valuing(by=fresh(cast.manager), at=cast.at)
    assert login(cast.manager).post(reverse("customers:valuing")).status_code == 403


def test_the_customer_page_tells_the_tier_and_where_the_points_come_from(cast, login, five):
    first = five[0]
    url = reverse("customers:tab", args=[first.pk, "standing"])
    assert "还没有分层" in login(cast.manager).get(url).content.decode()
    value(cast)
    html = login(cast.manager).get(url).content.decode()
    for words in ("VIP 客户", "累计消费金额", "¥18,000.00", "每季 0.2 次", "权重 10"):
        assert words in html
    assert "VIP 客户" not in login(cast.doctor).get(reverse("customers:page", args=[first.pk])).content.decode()


def test_whose_data_rests_is_not_valued(cast, five):
    value(cast)
    Customer.objects.filter(pk=five[0].pk).update(restricted_at=cast.at)
    assert (
        rows(cast.director, cast.at)[Tier.VIP]["customers"]
        == listed(fresh(cast.director), CustomerFilter(tier="vip")).count()
        == 0
    )
    assert value(cast, cast.at + timedelta(days=1)).customers == 4
    assert "白示安" not in tiers()


def test_who_is_closed_leaves_the_tiers_and_may_come_back(cast, five):
    value(cast)
    close_customer(customer=Customer.objects.get(pk=five[0].pk), reason="客户搬去外地", by=cast.director, at=cast.at)
    run = value(cast, cast.at + timedelta(days=1))
    assert run.customers == 4
    assert tiers()["白示宁"] == "vip"
    assert TierChange.objects.filter(customer=five[0]).values_list("before", "after")[0] == ("vip", "")
    assert sum(TierFigure.objects.filter(run=run).values_list("customers", flat=True)) == 4


def test_many_customers_take_the_same_queries_on_the_page_and_few_more_in_the_run(cast, five, login):
    Customer.objects.bulk_create(
        Customer(name=f"白示{number}", node=cast.bj, created_by=cast.manager, created_at=cast.at, stage="active", sex="female", age_stated=40,
                 age_stated_on=cast.at.date(), doctor=cast.doctor, health_manager=cast.manager, source=five[0].source, remarks="x",
                 archive_opened_at=cast.at)
        for number in range(3000)
    )  # fmt: skip
    with CaptureQueriesContext(connection) as queries:
        run = value(cast)
    assert run.customers == 3005
    assert CustomerValue.objects.filter(tier="vip").count() == 601
    assert len(queries) < 120
    browser = login(cast.director)
    with CaptureQueriesContext(connection) as many:
        browser.get(reverse("customers:values"))
    assert len(many) < 30
