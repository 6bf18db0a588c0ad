"""Contacts that plan themselves, and what comes of them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kefu.customers.actions.closing import close_customer
from kefu.customers.models import Customer, TimelineLine
from kefu.followup import actions
from kefu.followup.actions.plans import Plan, plan_after_report, plan_retests
from kefu.followup.choices import Basis, FollowUpKind
from kefu.followup.models import FollowUp
from kefu.followup.queries import end_of, mine_due
from kefu.followup.sentences import GOODS_RETURNED
from kefu.foundation.audit.trail import Subject, action
from kefu.foundation.limits.models import LimitValue
from kefu.foundation.sentences.saying import speak
from kefu.foundation.sentences.values import Named
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.messaging.choices import Outcome
from kefu.organisation.models import User
from kefu.products.models import Product, TestItem
from kefu.sales import actions as sales
from kefu.testing.cast import SHANGHAI, Cast
from kefu.testing.stories import customer_of, stocked_centre

Login = Callable[[User], Client]
ORDER = Subject("lab.order", 1)
RECEIVED = date(2026, 11, 23)


@action
def after_report(*, customer: Customer, basis: Basis, day: date, by: User, at: datetime) -> list[FollowUp]:
    return plan_after_report(plan=Plan(customer, None, basis, day, ORDER), by=by, at=at)


@action
def retests(*, customer: Customer, due: list[tuple[Named, int]], by: User, at: datetime) -> list[FollowUp]:
    return plan_retests(plan=Plan(customer, None, Basis.TEST, RECEIVED, ORDER), due=due, by=by, at=at)


@pytest.fixture
def customer(cast: Cast) -> Customer:
    load_calendars(by=None, at=cast.at)
    return customer_of(cast)


def planned(customer: Customer, kind: str = FollowUpKind.AFTER_REPORT) -> dict[str, str]:
    rows = FollowUp.objects.filter(customer=customer, kind=kind).order_by("due_at")
    return {row.code: f"{timezone.localtime(row.due_at):%Y-%m-%d %H:%M}" for row in rows}


def first(cast: Cast, customer: Customer) -> FollowUp:
    after_report(customer=customer, basis=Basis.RECEIPT, day=RECEIVED, by=cast.consulting, at=cast.at)
    return FollowUp.objects.get(customer=customer, code="d2")


@pytest.mark.req("FUP-001")
def test_two_days_three_six_and_twelve_months_and_the_holidays(cast: Cast, customer: Customer) -> None:
    first(cast, customer)
    assert planned(customer) == {
        "d2": "2026-11-25 11:00",
        "m3": "2027-02-23 11:00",
        "m6": "2027-05-24 11:00",
        "m12": "2027-11-23 11:00",
    }
    assert planned(customer, FollowUpKind.HOLIDAY) == {
        "new_year_2027": "2027-01-04 11:00",
        "spring_2027": "2027-02-11 11:00",
        "labour_2027": "2027-05-05 11:00",
        "mid_autumn_2027": "2027-09-16 11:00",
        "national_2027": "2027-10-06 11:00",
    }


@pytest.mark.req("FUP-001")
def test_counted_from_the_interpretation_until_the_receipt_is_known(cast: Cast, customer: Customer) -> None:
    after_report(customer=customer, basis=Basis.INTERPRETATION, day=date(2026, 11, 16), by=cast.doctor, at=cast.at)
    assert planned(customer)["m3"] == "2027-02-16 11:00"
    after_report(customer=customer, basis=Basis.RECEIPT, day=RECEIVED, by=cast.consulting, at=cast.at)
    assert planned(customer)["m3"] == "2027-02-23 11:00"
    move = FollowUp.objects.get(customer=customer, code="m3").moves.get()
    assert f"{timezone.localtime(move.before):%m-%d} {speak(move.reason)}" == "02-16 客户收到报告"
    assert FollowUp.objects.filter(customer=customer, kind=FollowUpKind.AFTER_REPORT).count() == 4


@pytest.mark.req("NFR-003", part="effective dates")
def test_the_cadence_is_configuration(cast: Cast, customer: Customer) -> None:
    for code, value in (("followup.first_days", 4), ("followup.months", [1]), ("followup.holidays", False)):
        LimitValue.objects.create(code=code, value=value, valid_from=RECEIVED, set_by=cast.admin, set_at=cast.at)
    after_report(customer=customer, basis=Basis.RECEIPT, day=RECEIVED, by=cast.consulting, at=cast.at)
    assert planned(customer) == {"d4": "2026-11-27 11:00", "m1": "2026-12-23 11:00"}
    assert planned(customer, FollowUpKind.HOLIDAY) == {}


@pytest.mark.req("FUP-006", part="test cycle")
@pytest.mark.req("LAB-010")
def test_repeat_tests_that_fall_due_together_are_one_contact(cast: Cast, customer: Customer) -> None:
    names = (("一般健康检查", 12), ("糖代谢", 6), ("血脂", 12))
    due: list[tuple[Named, int]] = [(TestItem(zh=name), months) for name, months in names]
    retests(customer=customer, due=due, by=cast.consulting, at=cast.at)
    rows = FollowUp.objects.filter(kind=FollowUpKind.RETEST).order_by("due_at")
    assert [(row.code, row.topic, timezone.localdate(row.due_at).isoformat()) for row in rows] == [
        ("r6", "复检：糖代谢", "2027-05-24"),
        ("r12", "复检：一般健康检查、血脂", "2027-11-23"),
    ]


@pytest.mark.req("FUP-006", part="product use")
@pytest.mark.req("PRD-003")
def test_products_about_to_run_out_are_followed_up(cast: Cast, customer: Customer) -> None:
    stocked_centre(cast)
    oil = Product.objects.get(code="N-014")
    purchase = sales.prescribe(
        customer=customer, doctor=cast.doctor, products=[sales.Prescribed(oil, 2)], by=cast.doctor, at=cast.at
    )
    sales.enter_lines(purchase=purchase, lines=[sales.Line(oil, 1)], by=cast.manager, at=cast.at)
    sales.sign(purchase=purchase, by=cast.manager, at=cast.at)
    sales.dispatch(purchase=purchase, by=cast.manager, at=cast.at)
    days = oil.pieces_per_pack // 2
    last = RECEIVED + timedelta(days=days - 1)
    row = FollowUp.objects.get(kind=FollowUpKind.REFILL)
    assert row.topic == f"{oil.zh} 吃到 {last.month}月{last.day}日"
    assert (days, last, timezone.localdate(row.due_at)) == (
        60,
        date(2027, 1, 21),
        date(2027, 1, 18),
    )  # the 16th is a Saturday
    sales.take_back(purchase=purchase, reason="包装破损", by=cast.manager, at=cast.at)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("stopped", GOODS_RETURNED.code)


@pytest.mark.req("CUS-007", part="follow-ups")
@pytest.mark.req("CUS-008")
def test_a_contact_is_recorded_once_and_lands_on_the_timeline(cast: Cast, customer: Customer) -> None:
    row = first(cast, customer)
    later = cast.at + timedelta(days=2)
    contact = actions.log_contact(follow_up=row, outcome=Outcome.REACHED, note="睡眠好些了", by=cast.service, at=later)
    assert contact.note == "睡眠好些了"
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("done", 1)
    line = TimelineLine.objects.get(customer=customer, kind="contact")
    assert (line.lines, line.by, line.at, line.subject_id) == (["睡眠好些了"], cast.service, later, row.pk)
    assert "已沟通" in line.item
    with pytest.raises(Refused) as refusal:
        actions.log_contact(follow_up=row, outcome=Outcome.REACHED, note="又打一次", by=cast.service, at=later)
    assert refusal.value.code == "not_open"


def test_who_is_not_reached_is_tried_again_by_the_same_colleague(cast: Cast, customer: Customer) -> None:
    row = first(cast, customer)
    thursday = datetime(2026, 11, 27, 16, tzinfo=SHANGHAI)
    actions.log_contact(follow_up=row, outcome=Outcome.NO_ANSWER, note="", by=cast.service, at=thursday)
    row.refresh_from_db()
    assert (row.state, row.taken_by, timezone.localdate(row.due_at)) == ("open", cast.service, date(2026, 11, 30))


def test_a_refusal_stops_it_with_the_customers_words(cast: Cast, customer: Customer) -> None:
    row = first(cast, customer)
    with pytest.raises(Invalid):
        actions.log_contact(follow_up=row, outcome=Outcome.REFUSED, note="", by=cast.service, at=cast.at)
    actions.log_contact(follow_up=row, outcome=Outcome.REFUSED, note="不想再接电话", by=cast.service, at=cast.at)
    row.refresh_from_db()
    assert (row.state, row.reason) == ("stopped", "不想再接电话")
    assert actions.stop_all(customer=customer, reason="不想再接电话", by=cast.service, at=cast.at) == 8


@pytest.mark.req("FUP-006", part="test cycle")
def test_due_customers_are_filtered_by_date(cast: Cast, customer: Customer) -> None:
    first(cast, customer)
    assert not mine_due(cast.manager, end_of(date(2026, 11, 24))).exists()
    assert [row.code for row in mine_due(cast.manager, end_of(date(2026, 11, 25)))] == ["d2"]
    assert [row.code for row in mine_due(cast.service, end_of(date(2027, 1, 31)))] == ["d2", "new_year_2027"]


@pytest.mark.req("SEC-004", part="own customers")
def test_another_doctor_does_not_even_see_whom_to_call(cast: Cast, customer: Customer) -> None:
    first(cast, customer)
    assert mine_due(cast.doctor, end_of(date(2027, 12, 31))).exists()
    assert not mine_due(cast.doctor2, end_of(date(2027, 12, 31))).exists()
    assert not FollowUp.objects.visible_to(cast.sh_manager).exists()


def test_a_closed_customer_is_left_in_peace(cast: Cast, customer: Customer) -> None:
    first(cast, customer)
    close_customer(customer=customer, reason="迁往外地", by=cast.director, at=cast.at)
    assert not FollowUp.objects.filter(state="open").exists()


def test_others_cannot_record(cast: Cast, customer: Customer) -> None:
    row = first(cast, customer)
    for person, refusal in {
        cast.sh_manager: OutOfScope,
        cast.doctor2: OutOfScope,
        cast.keeper: Forbidden,
        cast.consulting: Forbidden,
    }.items():
        with pytest.raises(refusal):
            actions.log_contact(follow_up=row, outcome=Outcome.REACHED, note="x", by=person, at=cast.at)
    row.refresh_from_db()
    assert (row.state, row.attempts) == ("open", 0)


def test_who_may_call_finds_the_contact_on_the_customers_page(cast: Cast, customer: Customer, login: Login) -> None:
    """A contact nobody has taken on is open to service, although the customer is not their own."""
    row = first(cast, customer)
    tab = f"/customers/{customer.pk}/tabs/followups/"
    assert "收到报告后 2 天" in login(cast.service).get(tab).content.decode()
    actions.take(follow_up=row, by=cast.manager, at=cast.at)
    assert "收到报告后 2 天" not in login(cast.service).get(tab).content.decode()
    assert login(cast.keeper).get(tab).status_code == 403


def test_what_was_moved_and_stopped_stands_on_the_timeline_with_the_reason(cast: Cast, customer: Customer) -> None:
    row = first(cast, customer)
    actions.reschedule(follow_up=row, day=date(2026, 11, 30), reason="出差", by=cast.manager, at=cast.at)
    actions.stop(follow_up=row, reason="已见过面", by=cast.manager, at=cast.at)
    actions.stop_all(customer=customer, reason="不要再打", by=cast.manager, at=cast.at)
    told = TimelineLine.objects.filter(customer=customer, kind="followup").order_by("pk")
    assert [(line.item, line.lines) for line in told] == [
        ("回访改到 2026-11-30：收到报告后 2 天", ["出差"]),
        ("不做回访：收到报告后 2 天", ["已见过面"]),
        ("停止全部回访", ["不要再打"]),
    ]
