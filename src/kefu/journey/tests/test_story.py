"""One customer from archive to follow-up, and every way off the path."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kefu.consultations.actions.saving import conduct
from kefu.customers.models import TimelineLine
from kefu.followup import actions as followup
from kefu.followup.models import FollowUp
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.journey.actions import lifecycle, steps
from kefu.journey.actions.configure import NodeSpec, edit_node, insert_node, retire_node
from kefu.journey.models import Journey, JourneyEntry, JourneyTemplate, NodeTemplate
from kefu.journey.queries.amounts import amounts_of
from kefu.journey.queries.board import BoardFilter, board
from kefu.journey.queries.positions import standing_of, status_words
from kefu.journey.slots import owed
from kefu.journey.tests.walking import INTERVIEW, Walk, start_walk
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.lab.actions import cancel_order, issue_kit, place_order, record_signature
from kefu.lab.testing import items
from kefu.messaging.choices import Outcome
from kefu.organisation.models import User
from kefu.sales.actions import take_back
from kefu.sales.models import Purchase
from kefu.testing.cast import Cast
from kefu.testing.scenes import scene
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]


@scene
def walk(cast: Cast) -> Walk:
    return start_walk(cast)


def node(code: str) -> NodeTemplate:
    return NodeTemplate.objects.get(code=code)


@pytest.mark.req("JRN-001")
def test_the_fourteen_nodes_in_order_with_the_catalogues_status_words(walk: Walk) -> None:
    assert list(NodeTemplate.objects.values_list("code", flat=True))[:2] == ["archive", "consultation"]
    assert NodeTemplate.objects.count() == 14
    assert (walk.journey.status_code, walk.journey.node.code) == ("archive_created", "consultation")
    walk.to("followup")
    assert walk.seen == [
        ("consulted", "tests_ordered"),
        ("tests_ordered", "kit_issued"),
        ("customer_sampling", "sample_collected"),
        ("testing", "report_released"),
        ("report_released", "overall_report"),
        ("reviews_complete", "paper_production"),
        ("paper_in_preparation", "paper_issued"),
        ("paper_issued", "interpretation"),
        ("report_interpreted", "product_ordered"),
        ("product_ordered", "product_dispatched"),
        ("product_dispatched", "surveyed"),
        ("surveyed", "followup"),
        ("in_followup", "followup"),
    ]
    words = status_words()
    assert [words[code] for code in ("customer_sampling", "testing", "paper_in_preparation", "paper_issued", "report_interpreted", "product_dispatched")] == [
        "客户采样中", "检测中", "纸质报告制作中", "纸质报告已发放", "报告已解读", "产品已发货",
    ]  # fmt: skip
    kinds = set(TimelineLine.objects.filter(customer=walk.customer).values_list("kind", flat=True))
    assert {
        "archive",
        "consultation",
        "test",
        "kit",
        "sample",
        "report",
        "purchase",
        "spending",
        "dispatch",
        "survey",
    } <= kinds


@pytest.mark.req("JRN-008")
def test_a_result_sets_report_under_review_by_itself(walk: Walk) -> None:
    walk.to("sample_collected")
    walk.at += timedelta(hours=1)
    walk.results()
    assert (walk.journey.status_code, walk.journey.node.code) == ("report_under_review", "report_released")
    last = JourneyEntry.objects.latest("pk")
    assert (last.kind, last.by) == ("marked", walk.cast.lab_system)


@pytest.mark.req("JRN-018")
def test_each_change_keeps_actor_role_and_time(walk: Walk) -> None:
    walk.to("tests_ordered")
    told = [
        (entry.node.code, entry.kind, entry.by, entry.role)
        for entry in walk.journey.entries.select_related("node", "by")
    ]
    cast = walk.cast
    assert told == [
        ("archive", "started", cast.manager, "health_manager"),
        ("archive", "done", cast.manager, "health_manager"),
        ("consultation", "done", cast.doctor, "doctor"),
        ("tests_ordered", "done", cast.doctor, "doctor"),
    ]
    assert walk.journey.entries.latest("pk").at == walk.at


@pytest.mark.req("JRN-018")
def test_skipping_a_node_or_the_wrong_role_is_refused_and_changes_nothing(walk: Walk) -> None:
    cast, customer = walk.cast, walk.customer
    before = (JourneyEntry.objects.count(), TimelineLine.objects.count(), AuditEntry.objects.count())
    with pytest.raises(Refused) as refusal:
        place_order(customer=customer, doctor=cast.doctor, items=items("T-GEN"), by=cast.doctor, at=cast.at)
    assert refusal.value.code == "journey_elsewhere"
    assert str(refusal.value.message) == "流程现在在“问诊”，还不能办“检测开单”。"
    with pytest.raises(Forbidden):
        conduct(customer=customer, answers=INTERVIEW, by=cast.manager, at=cast.at)
    assert before == (JourneyEntry.objects.count(), TimelineLine.objects.count(), AuditEntry.objects.count())


@pytest.mark.req("JRN-018")
def test_a_correction_needs_a_reason_and_the_node_is_done_again(walk: Walk) -> None:
    walk.to("consultation")
    with pytest.raises(Invalid):
        steps.correct_step(journey=walk.journey, to=node("consultation"), reason=" ", by=walk.cast.doctor, at=walk.at)
    with pytest.raises(Forbidden):
        steps.correct_step(
            journey=walk.journey, to=node("consultation"), reason="漏问", by=walk.cast.service, at=walk.at
        )
    with pytest.raises(Refused):
        steps.correct_step(
            journey=walk.journey, to=node("kit_issued"), reason="漏问", by=walk.cast.director, at=walk.at
        )
    steps.correct_step(
        journey=walk.journey, to=node("consultation"), reason="漏问过敏史", by=walk.cast.director, at=walk.at
    )
    assert (walk.journey.status_code, walk.journey.node.code) == ("archive_created", "consultation")
    assert walk.journey.entries.latest("pk").reason == "漏问过敏史"


def test_a_cancelled_order_takes_the_journey_back(walk: Walk) -> None:
    walk.to("tests_ordered")
    cancel_order(order=walk.order, reason="开错项目", by=walk.cast.doctor, at=walk.at)
    assert walk.journey.node.code == "tests_ordered"
    walk.tests_ordered()
    assert walk.journey.node.code == "kit_issued"


@pytest.mark.req("JRN-019")
def test_whose_turn_it_is_is_told(walk: Walk) -> None:
    cast = walk.cast
    Notice.objects.all().delete()
    walk.to("consultation")
    assert not Notice.objects.filter(code="journey.turn").exists()  # the doctor's own turn again
    walk.tests_ordered()
    assert [notice.user for notice in Notice.objects.filter(code="journey.turn")] == [cast.manager]
    walk.at += timedelta(hours=3)
    walk.kit_issued()
    walk.sample_collected()
    walk.results()
    arrived = Notice.objects.filter(user__in=[cast.doctor, cast.manager], at=walk.at)
    assert {notice.user for notice in arrived} == {cast.doctor, cast.manager}


@pytest.mark.req("JRN-001")
def test_an_inserted_node_waits_for_its_role_and_spares_who_is_beyond(walk: Walk) -> None:
    cast = walk.cast
    beyond = start_second(walk, "overall_report")
    template = JourneyTemplate.objects.get()
    spec = NodeSpec(
        zh="异常结果提醒", order=65, roles=["health_manager"], status_zh="已提醒异常结果", deadline_amount=1
    )
    with pytest.raises(Forbidden):
        insert_node(template=template, spec=spec, by=cast.manager, at=cast.at)
    inserted = insert_node(template=template, spec=spec, by=cast.admin, at=cast.at)
    with pytest.raises(Invalid):
        insert_node(template=template, spec=spec, by=cast.admin, at=cast.at)
    walk.to("report_released")
    assert walk.journey.node == inserted
    with pytest.raises(Refused):
        walk.overall_report()
    with pytest.raises(Forbidden):
        steps.complete_step(journey=walk.journey, by=cast.doctor, at=walk.at)
    steps.complete_step(journey=walk.journey, by=cast.manager, at=walk.at)
    assert (status_words()[walk.journey.status_code], walk.journey.node.code) == ("已提醒异常结果", "overall_report")
    assert beyond.journey.node.code == "paper_production"
    edit_node(
        node=inserted,
        spec=NodeSpec(zh="异常提醒", order=66, roles=["doctor"], status_zh="已提醒"),
        by=cast.admin,
        at=cast.at,
    )
    retire_node(node=inserted, reason="不再需要", by=cast.admin, at=cast.at)


def start_second(walk: Walk, last: str) -> Walk:
    other = Walk(walk.cast, customer_of(walk.cast, name="陶映川", phone="10000000002", sex="male"), walk.at)
    return other.to(last)


def test_a_node_with_journeys_at_it_cannot_be_retired(walk: Walk) -> None:
    with pytest.raises(Refused) as refusal:
        retire_node(node=node("consultation"), reason="不用", by=walk.cast.admin, at=walk.at)
    assert refusal.value.code == "in_use"


@pytest.mark.req("JRN-020")
def test_several_journeys_each_with_its_own_status_and_amount(walk: Walk, login: Login) -> None:
    walk.to("followup")
    first = walk.journey
    second = lifecycle.start_journey(
        customer=walk.customer, start=node("product_ordered"), reason="复购", by=walk.cast.manager, at=walk.at
    )
    assert second.number != first.number
    walk.product_ordered()
    walk.product_dispatched()
    second.refresh_from_db()
    first.refresh_from_db()
    assert (second.status_code, first.status_code) == ("product_dispatched", "in_followup")
    assert Journey.objects.filter(customer=walk.customer, state="open").count() == 2
    assert amounts_of(walk.customer.pk) == {first.pk: Decimal("1071.00"), second.pk: Decimal("596.00")}  # 475 + 2 x 298
    page = login(walk.cast.manager).get(f"/journeys/{second.pk}/").content.decode()
    for words in (first.number, "¥1,071.00", "¥596.00", "定期回访中", "产品已发货"):
        assert words in page
    take_back(purchase=Purchase.objects.latest("pk"), reason="包装破损", by=walk.cast.manager, at=walk.at)
    assert amounts_of(walk.customer.pk)[second.pk] == Decimal("0.00")


def test_who_buys_nothing_skips_purchase_and_dispatch_with_that_reason(walk: Walk) -> None:
    walk.to("interpretation")
    with pytest.raises(Invalid):
        steps.skip_step(journey=walk.journey, reason="", by=walk.cast.manager, at=walk.at)
    steps.skip_step(journey=walk.journey, reason="暂不购买", by=walk.cast.manager, at=walk.at)
    assert (walk.journey.node.code, status_words()[walk.journey.status_code]) == ("surveyed", "客户不需要，已跳过")
    walk.surveyed()
    with pytest.raises(Refused):
        steps.skip_step(journey=walk.journey, reason="不想打", by=walk.cast.manager, at=walk.at)


def test_a_withdrawn_customers_journey_ends_and_nobody_calls(walk: Walk) -> None:
    walk.to("interpretation")
    with pytest.raises(OutOfScope):
        lifecycle.withdraw(journey=walk.journey, reason="迁走", by=walk.cast.sh_manager, at=walk.at)
    lifecycle.withdraw(journey=walk.journey, reason="迁往外地", by=walk.cast.manager, at=walk.at)
    assert (walk.journey.state, walk.journey.node) == ("withdrawn", None)
    assert not FollowUp.objects.filter(customer=walk.customer, state="open").exists()
    with pytest.raises(Refused):
        walk.product_ordered()
    lifecycle.reopen(journey=walk.journey, reason="又回来了", by=walk.cast.manager, at=walk.at)
    assert (walk.journey.state, walk.journey.node.code) == ("open", "product_ordered")


def test_the_first_contact_before_the_survey_enters_follow_up_when_the_journey_gets_there(walk: Walk) -> None:
    walk.to("product_dispatched")
    row = FollowUp.objects.get(customer=walk.customer, code="d2")
    followup.log_contact(
        follow_up=row, outcome=Outcome.REACHED, note="都好", by=walk.cast.service, at=walk.at + timedelta(days=2)
    )
    assert walk.journey.node.code == "surveyed"
    walk.surveyed()
    assert (walk.journey.node.code, walk.journey.status_code) == ("followup", "in_followup")


@pytest.mark.req("JRN-002")
def test_the_board_shows_node_since_when_whose_turn_and_what_is_late(walk: Walk, login: Login) -> None:
    walk.to("consultation")
    later = walk.at + timedelta(days=10)
    columns = board(JourneyTemplate.objects.get(), walk.cast.director, later, BoardFilter())
    groups = {group.node.code: group for column in columns for group in column.groups}
    waiting = groups["tests_ordered"]
    assert (waiting.count, waiting.late, [card.customer.name for card in waiting.cards]) == (1, 1, ["沈知夏"])
    assert waiting.cards[0].since == walk.at
    page = login(walk.cast.director).get("/journeys/").content.decode()
    assert "沈知夏" in page and "何示宁" in page and "检测开单" in page
    assert "沈知夏" not in login(walk.cast.sh_manager).get("/journeys/").content.decode()
    assert "沈知夏" in login(walk.cast.doctor).get("/journeys/?show=mine").content.decode()
    assert "沈知夏" not in login(walk.cast.manager).get("/journeys/?show=mine").content.decode()


@pytest.mark.req("NFR-004", part="journey steps")
def test_the_workbench_says_what_each_person_owes_and_until_when(walk: Walk, login: Login) -> None:
    [item] = owed(walk.cast.doctor, walk.at)
    assert (item.customer_name, item.label, item.url) == (
        "沈知夏",
        "问诊",
        f"/customers/{walk.customer.pk}/consultations/new/",
    )
    assert item.due_at == walk.journey.due_at
    assert list(owed(walk.cast.manager, walk.at)) == []
    assert "沈知夏" in login(walk.cast.doctor).get("/").content.decode()


def test_the_board_costs_the_same_for_one_and_for_twenty(walk: Walk) -> None:
    template = JourneyTemplate.objects.get()

    def cost() -> int:
        user = User.objects.get(pk=walk.cast.director.pk)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            board(template, user, walk.at, BoardFilter())
        return len(queries)

    one = cost()
    for number in range(20):
        customer_of(walk.cast, name=f"客户{number}", phone=f"100000010{number:02d}")
    assert cost() == one


@pytest.mark.req("NFR-005")
def test_what_is_stored_is_what_the_history_says(walk: Walk) -> None:
    walk.to("followup")
    now = standing_of(walk.journey)
    assert (walk.journey.node.code, walk.journey.status_code) == (now.current, now.status_code)


def test_a_kit_cannot_be_handed_out_before_the_signature_or_by_the_doctor(walk: Walk) -> None:
    walk.to("tests_ordered")
    with pytest.raises(Refused):
        issue_kit(order=walk.order, by=walk.cast.manager, at=walk.at)
    record_signature(order=walk.order, by=walk.cast.manager, at=walk.at)
    with pytest.raises(Forbidden):
        issue_kit(order=walk.order, by=walk.cast.doctor, at=walk.at)
