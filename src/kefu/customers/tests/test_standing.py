"""Grades set the tracking log, classes are kept with their history, and a deal counts when a colleague has audited it."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kefu.customers.actions import assign_owner, close_customer
from kefu.customers.actions.deals import check_deal, enter_deal
from kefu.customers.actions.standing import Classified, classify, track
from kefu.customers.choices import DealState, Demand, Grade, Importance, Urgency
from kefu.customers.grades import grade_of, next_due, urgency_of
from kefu.customers.limits import GRADE_MONTHS, TRACKING_DAYS, URGENCY_MONTHS, URGENT_DAYS
from kefu.customers.models import Assessment, Customer, Standing
from kefu.customers.queries.standing import TrackingFilter, trackings
from kefu.customers.tests.factories import archive, source
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.models import User
from kefu.testing.cast import SHANGHAI

TODAY = date(2026, 11, 23)
LATENT = Classified(Demand.LATENT)
NOW = Classified(Demand.TARGET, date(2026, 12, 1), DealState.NEGOTIATING, Importance.KEY, Decimal("8000"))


@pytest.mark.req("CUS-014")
@pytest.mark.parametrize(
    ("demand", "expected_on", "grade"),
    [
        (Demand.TARGET, date(2026, 12, 23), Grade.A),
        (Demand.TARGET, date(2026, 12, 24), Grade.B),
        (Demand.TARGET, date(2027, 2, 23), Grade.B),
        (Demand.TARGET, date(2027, 2, 24), Grade.C),
        (Demand.TARGET, date(2027, 5, 23), Grade.C),
        (Demand.TARGET, date(2027, 5, 24), Grade.D),
        (Demand.LATENT, date(2026, 11, 30), Grade.D),
        (Demand.LATENT, None, Grade.D),
        (Demand.DEAD, None, Grade.E),
    ],
)
def test_need_and_expected_day_give_the_grade(demand, expected_on, grade):
    assert GRADE_MONTHS.default == [1, 3, 6]
    assert grade_of(demand, expected_on, TODAY, GRADE_MONTHS.default) == grade


@pytest.mark.req("CUS-015")
@pytest.mark.parametrize(("grade", "days"), [("A", 1), ("B", 7), ("C", 15), ("D", 30), ("E", 365)])
def test_the_grade_sets_the_rhythm(grade, days):
    assert next_due(TODAY, Grade(grade), TRACKING_DAYS.default) == TODAY + timedelta(days=days)


@pytest.mark.req("CUS-013")
@pytest.mark.parametrize(
    ("expected_on", "urgency"),
    [
        (date(2026, 11, 30), Urgency.URGENT),
        (date(2026, 12, 1), Urgency.FAIRLY),
        (date(2026, 12, 23), Urgency.FAIRLY),
        (date(2026, 12, 24), Urgency.NOT_URGENT),
        (date(2027, 2, 23), Urgency.NOT_URGENT),
        (date(2027, 2, 24), Urgency.SLOW),
    ],
)
def test_urgency_follows_from_the_expected_day(expected_on, urgency):
    assert urgency_of(expected_on, TODAY, URGENT_DAYS.default, URGENCY_MONTHS.default) == urgency


@pytest.mark.req("CUS-015")
@pytest.mark.req("CUS-016")
def test_graded_c_on_10_june_and_b_on_the_25th(cast):
    """The worked example of the catalogue: due 25 June, and after the new grade 2 July."""
    customer = archive(cast)
    june = datetime(2027, 6, 10, 10, tzinfo=SHANGHAI)
    track(
        customer=customer,
        note="想等体检结果",
        classes=Classified(Demand.TARGET, date(2027, 11, 1)),
        by=cast.manager,
        at=june,
    )
    standing = Standing.objects.get()
    assert (standing.grade, standing.due_on) == ("C", date(2027, 6, 25))
    later = datetime(2027, 6, 25, 10, tzinfo=SHANGHAI)
    nearer = Classified(Demand.TARGET, date(2027, 8, 20))
    with pytest.raises(Invalid) as invalid:
        track(customer=customer, note="结果出来了", classes=nearer, by=cast.manager, at=later)
    assert [error.field for error in invalid.value.errors] == ["reason"]
    track(customer=customer, note="结果出来了", classes=nearer, reason="要提前买", by=cast.manager, at=later)
    standing.refresh_from_db()
    assert (standing.grade, standing.tracked_on, standing.due_on) == ("B", date(2027, 6, 25), date(2027, 7, 2))
    entry = Assessment.objects.first()
    assert (entry.grade_before, entry.grade, entry.reason, entry.note) == ("C", "B", "要提前买", "结果出来了")


@pytest.mark.req("CUS-016")
def test_an_entry_states_need_and_day_anew(cast, login):
    customer = archive(cast)
    url, browser = reverse("customers:tracking", args=[customer.pk]), login(cast.manager)
    kept = {"note": "先看看", "deal_state": "potential", "importance": "ordinary", "closable_amount": "", "reason": ""}
    answer = browser.post(url, kept)
    assert answer.status_code == 422
    assert "先看看" in answer.content.decode()
    answer = browser.post(url, kept | {"demand": "target", "expected_on": ""})
    assert answer.status_code == 422
    assert "预计哪天成交" in answer.content.decode()
    assert not Standing.objects.exists()
    assert browser.post(url, kept | {"demand": "target", "expected_on": "2026-12-10"}).status_code == 302
    panel = browser.get(reverse("customers:tab", args=[customer.pk, "standing"])).content.decode()
    assert "A 级" in panel
    assert "2026-11-24" in panel
    head = browser.get(reverse("customers:page", args=[customer.pk])).content.decode()
    assert 'class="kf-grade"' in head


@pytest.mark.req("CUS-012")
@pytest.mark.req("CUS-013")
def test_three_classes_change_side_by_side_and_keep_their_history(cast):
    customer = archive(cast)
    track(customer=customer, note="感兴趣", classes=NOW, by=cast.manager, at=cast.at)
    later = cast.at + timedelta(hours=20)
    with pytest.raises(Invalid):
        classify(
            customer=customer, classes=replace(NOW, importance=Importance.MINOR), reason="", by=cast.manager, at=later
        )
    classify(
        customer=customer, classes=replace(NOW, importance=Importance.MINOR), reason="预算小", by=cast.manager, at=later
    )
    classify(
        customer=customer,
        classes=replace(NOW, demand=Demand.LATENT, importance=Importance.MINOR),
        reason="明年再说",
        by=cast.manager,
        at=later,
    )
    standing = Standing.objects.get()
    assert (standing.deal_state, standing.importance, standing.demand) == ("negotiating", "minor", "latent")
    assert (standing.grade, standing.due_on) == (
        "D",
        date(2026, 12, 23),
    )  # 30 days after the entry, not after the change
    history = [(row.importance, row.demand, row.reason) for row in Assessment.objects.order_by("pk")]
    assert history == [("key", "target", ""), ("minor", "target", "预算小"), ("minor", "latent", "明年再说")]
    assert (
        classify(
            customer=customer,
            classes=replace(NOW, demand=Demand.LATENT, importance=Importance.MINOR),
            reason="同上",
            by=cast.manager,
            at=later,
        )
        is None
    )
    assert AuditEntry.objects.filter(code="customers.standing.assessed").count() == 3


@pytest.mark.req("CUS-030")
def test_a_deal_counts_after_audit_and_verified_channel(cast, login):
    customer = archive(cast)
    closed = replace(NOW, deal_state=DealState.CLOSED)
    with pytest.raises(Refused) as refused:
        track(customer=customer, note="签了", classes=closed, by=cast.manager, at=cast.at)
    assert refused.value.code == "deal_not_verified"
    deal = enter_deal(
        customer=customer,
        contract_number="HT-001",
        amount=Decimal("8000"),
        signed_on=TODAY,
        source=source(),
        by=cast.manager,
        at=cast.at,
    )
    with pytest.raises(Forbidden):
        check_deal(deal=deal, contract_sound=True, channel_true=True, by=cast.manager, at=cast.at)
    url = reverse("customers:deal_check", args=[customer.pk, deal.pk])
    director = login(cast.director)
    assert director.post(url, {"contract_sound": "on"}).status_code == 422
    assert director.post(url, {"contract_sound": "on", "note": "客户说是朋友介绍的"}).status_code == 302
    with pytest.raises(Refused):
        track(customer=customer, note="签了", classes=closed, by=cast.manager, at=cast.at)
    assert director.post(url, {"contract_sound": "on", "channel_true": "on"}).status_code == 302
    track(customer=customer, note="签了", classes=closed, by=cast.manager, at=cast.at)
    assert Standing.objects.get().deal_state == "closed"
    panel = director.get(reverse("customers:tab", args=[customer.pk, "standing"])).content.decode()
    assert "计入成交" in panel
    with pytest.raises(Refused) as again:
        enter_deal(
            customer=archive(cast, "沈知秋", "13812346022"),
            contract_number="HT-001",
            amount=Decimal("1"),
            signed_on=TODAY,
            source=source(),
            by=cast.manager,
            at=cast.at,
        )
    assert again.value.code == "contract_known"


@pytest.mark.req("CUS-030")
def test_nobody_audits_a_contract_of_his_own(cast):
    customer = archive(cast)
    deal = enter_deal(
        customer=customer,
        contract_number="HT-001",
        amount=Decimal("8000"),
        signed_on=TODAY,
        source=source(),
        by=cast.manager,
        at=cast.at,
    )
    type(deal).objects.update(by=cast.director)
    deal.refresh_from_db()
    with pytest.raises(Refused) as refused:
        check_deal(deal=deal, contract_sound=True, channel_true=True, by=cast.director, at=cast.at)
    assert refused.value.code == "own_deal"


@pytest.mark.req("CUS-016")
def test_due_and_overdue_entries_are_listed_per_owner(cast, login):
    late, soon, other = (
        archive(cast, "白示安", "13812346021"),
        archive(cast, "白示宁", "13812346022"),
        archive(cast, "白示和", "13812346023"),
    )
    assign_owner(customer=other, health_manager=cast.manager2, reason="分工", by=cast.director, at=cast.at)
    track(customer=late, note="急", classes=NOW, by=cast.manager, at=cast.at - timedelta(days=5))
    track(customer=soon, note="不急", classes=LATENT, by=cast.manager, at=cast.at)
    track(customer=Customer.objects.get(pk=other.pk), note="急", classes=NOW, by=cast.manager2, at=cast.at)
    url, hers = reverse("customers:trackings"), login(cast.manager)
    html = hers.get(url).content.decode()
    assert html.index("白示安") < html.index("白示宁")
    assert "白示和" not in html
    html = hers.get(url, {"when": "overdue"}).content.decode()
    assert "白示安" in html
    assert "白示宁" not in html
    director = login(cast.director)
    html = director.get(url, {"health_manager": cast.manager2.pk}).content.decode()
    assert "白示和" in html
    assert "白示安" not in html
    assert "白示宁" in director.get(url, {"grade": "D"}).content.decode()
    close_customer(customer=late, reason="搬走", by=cast.director, at=cast.at)
    assert "白示安" not in director.get(url).content.decode()
    assert login(cast.doctor).get(url).status_code == 403
    with pytest.raises(OutOfScope):
        track(customer=soon, note="试", classes=LATENT, by=cast.sh_manager, at=cast.at)


def test_the_list_costs_the_same_for_one_and_for_twenty(cast, login):
    browser = login(cast.manager)
    costs = []
    for number in range(20):
        customer = archive(cast, f"白示{number}", f"138123460{number:02d}")
        track(customer=customer, note="急", classes=NOW, by=cast.manager, at=cast.at)
        if number in (0, 19):
            with CaptureQueriesContext(connection) as queries:
                browser.get(reverse("customers:trackings"))
            costs.append(len(queries))
    assert costs[0] == costs[1]


def test_a_long_list_is_read_by_its_index(cast):
    """Five thousand standings: the first page walks the index of due dates and sorts nothing."""
    made = Customer.objects.bulk_create(
        Customer(name=f"白示{number}", node=cast.bj, created_by=cast.manager, created_at=cast.at)
        for number in range(5000)
    )
    Standing.objects.bulk_create(
        Standing(
            customer=one, grade="D", demand="latent", deal_state="potential", importance="ordinary",
            tracked_on=TODAY, due_on=TODAY + timedelta(days=1 + place % 300),
        )
        for place, one in enumerate(made)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE customers_customer, customers_standing")
    rows = trackings(User.objects.get(pk=cast.director.pk), TrackingFilter(), cast.at).order_by("due_on", "id")[:51]
    plan = rows.explain()
    assert "standing_due" in plan
    assert "Seq Scan on customers_standing" not in plan
