"""What each node is for: who does it, what it computes, what it leaves behind. The laboratory's nodes are told in `lab`."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from kefu.consultations.actions.saving import conduct
from kefu.customers.actions import create_lead, open_archive, update_archive
from kefu.customers.models import Customer, Source, TimelineLine
from kefu.followup import actions as followup
from kefu.followup.models import FollowUp
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.printing.models import Print
from kefu.journey.models import Journey, NodeTemplate
from kefu.journey.tests.walking import INTERVIEW, SURVEY, Walk, start_walk
from kefu.kernel.errors import Forbidden, Refused
from kefu.messaging.choices import Outcome
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.questionnaires.models import Questionnaire
from kefu.sales import actions as sales
from kefu.sales.models import Purchase
from kefu.sales.queries import total_of
from kefu.stock.models import Balance, Move
from kefu.surveys.actions import answer_opinion, record_response
from kefu.surveys.choices import SurveyChannel
from kefu.surveys.models import Opinion, Response
from kefu.testing.cast import Cast
from kefu.testing.scenes import scene

Login = Callable[[User], Client]


@scene
def walk(cast: Cast) -> Walk:
    return start_walk(cast)


def stands(walk: Walk) -> tuple[str, str]:
    """Status and node of the latest journey."""
    journey = walk.journey
    return journey.status_code, journey.node.code if journey.node else ""


@pytest.mark.req("JRN-001")
def test_every_node_says_role_note_effect_and_status_and_the_administrator_changes_them(
    walk: Walk, login: Login
) -> None:
    admin = login(walk.cast.admin)
    page = admin.get("/journey-nodes/").content.decode()
    for words in ("客户建档", "健康管理师", "必填项填写完整并保存", "客户出现在档案列表", "档案已建立"):
        assert words in page
    assert (
        NodeTemplate.objects.filter(condition_zh="").count() == NodeTemplate.objects.filter(effect_zh="").count() == 0
    )
    given = {
        "zh": "客户确认收货", "order": 125, "roles": ["service_agent"], "status_zh": "已收货", "deadline_unit": "working_days",
        "condition_zh": "客户在电话里确认", "effect_zh": "满意度回访从这一天算起",
    }  # fmt: skip
    assert login(walk.cast.manager).post("/journey-nodes/new/", given).status_code == 403
    assert admin.post("/journey-nodes/new/", given).status_code == 302
    names = list(NodeTemplate.objects.filter(order__gte=120).values_list("zh", flat=True))
    assert names == ["产品发货", "客户确认收货", "满意度回访", "定期回访"]
    page = admin.get("/journey-nodes/").content.decode()
    assert "service_agent" not in page and "客户在电话里确认" in page and "满意度回访从这一天算起" in page
    node = NodeTemplate.objects.get(zh="客户确认收货")
    admin.post(f"/journey-nodes/{node.pk}/", given | {"condition_zh": "客户签收", "order": 126})
    node.refresh_from_db()
    assert (node.condition, node.effect, node.order, node.roles) == (
        "客户签收", "满意度回访从这一天算起", 126, ["service_agent"],
    )  # fmt: skip


@pytest.mark.req("JRN-003")
@pytest.mark.req("CUS-006", part="order")
def test_manager_opens_the_archive_then_the_doctor_consults_then_both_complete_the_file(
    walk: Walk, login: Login
) -> None:
    cast, source = walk.cast, Source.objects.get(code="walk_in")
    person = create_lead(name="陶映川", phone="10000000002", node=cast.bj, by=cast.service, at=cast.at).customer
    basics = {"doctor": cast.doctor, "health_manager": cast.manager, "node": cast.bj, "source": source, "age": 41, "sex": "male",
              "remarks": "决定体验"}  # fmt: skip
    Customer.objects.filter(pk=person.pk).update(doctor=cast.doctor)
    person.refresh_from_db()
    with pytest.raises(Refused) as early:
        conduct(customer=person, answers=INTERVIEW, by=cast.doctor, at=cast.at)
    assert early.value.code == "no_journey"
    for wrong in (cast.doctor, cast.service, cast.director):
        with pytest.raises(Forbidden):
            open_archive(customer=person, **basics, by=wrong, at=cast.at)
    open_archive(customer=person, **basics, by=cast.manager, at=cast.at + timedelta(minutes=30))
    journey = Journey.objects.get(customer=person)
    first = journey.entries.get(node__code="archive", kind="done")
    assert (journey.status_code, first.by, first.role) == ("archive_created", cast.manager, "health_manager")
    later = login(cast.manager).get("/customers/").content.decode()
    assert later.index("陶映川") < later.index("沈知夏")
    person.refresh_from_db()
    assert person.archive_number is None
    conduct(customer=person, answers=INTERVIEW, by=cast.doctor, at=cast.at + timedelta(hours=1))
    person.refresh_from_db()
    assert person.archive_number == "HA2600001"
    update_archive(
        customer=person, changes={"address": "望京路 12 号"}, by=cast.manager, at=cast.at + timedelta(hours=2)
    )
    update_archive(
        customer=person, changes={"medical_history": "青霉素过敏"}, by=cast.doctor, at=cast.at + timedelta(hours=2)
    )
    person.refresh_from_db()
    assert (person.address, person.medical_history) == ("望京路 12 号", "青霉素过敏")


@pytest.mark.req("JRN-014")
def test_doctor_prescribes_manager_enters_and_the_signed_list_moves_the_journey(walk: Walk, login: Login) -> None:
    walk.to("interpretation")
    cast, oil = walk.cast, Product.objects.get(code="N-014")
    with pytest.raises(Forbidden):
        sales.prescribe(
            customer=walk.customer, doctor=cast.doctor, products=[sales.Prescribed(oil, 4)], by=cast.manager, at=walk.at
        )
    purchase = sales.prescribe(
        customer=walk.customer, doctor=cast.doctor, products=[sales.Prescribed(oil, 4)], by=cast.doctor, at=walk.at
    )
    with pytest.raises(Forbidden) as whose:
        sales.enter_lines(purchase=purchase, lines=[sales.Line(oil, 3)], by=cast.doctor, at=walk.at)
    assert whose.value.code == "wrong_role"
    sales.enter_lines(purchase=purchase, lines=[sales.Line(oil, 3)], by=cast.manager, at=walk.at)
    line = purchase.lines.get()
    assert (total_of(purchase), line.intake_per_day, line.days_of_supply) == (Decimal("894.00"), 4, 90)
    assert stands(walk) == ("report_interpreted", "product_ordered")
    login(cast.manager).post(f"/purchases/{purchase.pk}/printout/")
    assert Print.objects.get(subject_kind="sales.purchase").document == "sales.list"
    sales.sign(purchase=purchase, by=cast.manager, at=walk.at)
    assert stands(walk) == ("product_ordered", "product_dispatched")


@pytest.mark.req("JRN-015")
def test_dispatch_posts_the_issue_lot_by_lot_or_is_refused_and_the_journey_waits(walk: Walk) -> None:
    walk.to("interpretation")
    cast, oil = walk.cast, Product.objects.get(code="N-014")
    purchase = sales.prescribe(
        customer=walk.customer, doctor=cast.doctor, products=[sales.Prescribed(oil, 4)], by=cast.doctor, at=walk.at
    )
    sales.enter_lines(purchase=purchase, lines=[sales.Line(oil, 15)], by=cast.manager, at=walk.at)
    first_lot = Balance.objects.get(lot__code="DA26031")
    Balance.objects.filter(lot__product=oil).exclude(pk=first_lot.pk).update(quantity=2)
    sales.sign(purchase=purchase, by=cast.manager, at=walk.at)
    moves = Move.objects.count()
    with pytest.raises(Refused) as short:
        sales.dispatch(purchase=purchase, by=cast.manager, at=walk.at)
    assert (short.value.code, Move.objects.count(), stands(walk)) == (
        "stock_short", moves, ("product_ordered", "product_dispatched"),
    )  # fmt: skip
    Balance.objects.filter(lot__code="DA26072").update(quantity=40)
    with pytest.raises(Forbidden):
        sales.dispatch(purchase=purchase, by=cast.doctor, at=walk.at)
    shipment = sales.dispatch(purchase=purchase, by=cast.manager, at=walk.at)
    issued = [(move.balance.lot.code, move.quantity) for move in Move.objects.filter(kind="issue").order_by("-pk")[:2]]
    assert issued == [("DA26072", -3), ("DA26031", -12)]
    assert [line.lot.code for line in shipment.slip.lines.order_by("pk")] == ["DA26031", "DA26072"]
    assert stands(walk) == ("product_dispatched", "surveyed")


@pytest.mark.req("JRN-016")
def test_service_asks_by_telephone_and_the_suggestion_is_answered(walk: Walk) -> None:
    walk.to("product_dispatched")
    cast, survey = walk.cast, Questionnaire.objects.get(code="visit")
    answers = SURVEY | {"VISIT_10": "等候太久，希望分时段预约"}
    made = record_response(
        customer=walk.customer, survey=survey, answers=answers, channel=SurveyChannel.PHONE, by=cast.service, at=walk.at
    )
    assert (made.channel, made.by, made.rate) == ("phone", cast.service, Decimal("100.0"))
    assert stands(walk) == ("surveyed", "followup")
    done = walk.journey.entries.latest("pk")
    assert (done.node.code, done.by, done.role) == ("surveyed", cast.service, "service_agent")
    opinion = Opinion.objects.get(response=made)
    assert (opinion.text, opinion.role) == ("等候太久，希望分时段预约", "service_supervisor")
    answer_opinion(opinion=opinion, answer="下周起分时段预约，已电话告知", by=cast.supervisor, at=walk.at)
    line = TimelineLine.objects.filter(customer=walk.customer, kind="survey").latest("pk")
    assert line.lines == ["等候太久，希望分时段预约", "下周起分时段预约，已电话告知"]


@pytest.mark.req("JRN-017")
def test_manager_and_service_follow_up_by_cycle_and_by_what_runs_out(walk: Walk) -> None:
    walk.to("surveyed")
    cast, customer = walk.cast, walk.customer
    planned = {row.kind: row for row in FollowUp.objects.filter(customer=customer, kind__in=["retest", "refill"])}
    dispatched = timezone.localdate(Purchase.objects.get(customer=customer).shipments.get().at)
    assert planned["refill"].topic == f"深海鱼油软胶囊 吃到 {_last(dispatched, 120):%-m月%-d日}"
    assert planned["retest"].topic == "复检：一般健康检查（血）"
    for caller, row, note in (
        (cast.manager, planned["refill"], "还要两瓶"),
        (cast.service, planned["retest"], "明年再来"),
    ):
        followup.log_contact(
            follow_up=row, outcome=Outcome.REACHED, note=note, by=caller, at=walk.at + timedelta(days=300)
        )
        row.refresh_from_db()
        assert row.state == "done"
    notes = TimelineLine.objects.filter(customer=customer, kind="contact").order_by("pk")
    assert [(line.by, line.lines) for line in notes] == [(cast.manager, ["还要两瓶"]), (cast.service, ["明年再来"])]
    assert stands(walk) == ("in_followup", "followup")


def _last(first: date, days: int) -> date:
    return first + timedelta(days=days - 1)


@pytest.mark.req("CUS-008")
def test_notes_answers_and_reports_stand_in_the_archive_without_being_typed_again(walk: Walk, login: Login) -> None:
    walk.to("followup")
    page = login(walk.cast.manager)
    timeline = page.get(f"/customers/{walk.customer.pk}/").content.decode()
    for words in ("睡眠好些了", "到访满意度：6/6 项满意", "检验报告审核通过"):
        assert words in timeline, words
    made = Response.objects.get()
    assert f"/surveys/responses/{made.pk}/" in page.get(f"/customers/{walk.customer.pk}/tabs/surveys/").content.decode()
    assert "100.0" in page.get(f"/surveys/responses/{made.pk}/").content.decode()
    report = walk.order.reports.get(kind="item")
    assert (
        f"/reports/{report.pk}/" in page.get(f"/customers/{walk.customer.pk}/tabs/lab/", follow=True).content.decode()
    )


@pytest.mark.req("ORG-011")
def test_every_record_of_the_main_job_carries_the_job_number_of_who_made_it(walk: Walk, login: Login) -> None:
    walk.to("followup")
    numbers = {"2002", "2004", "1015", "1019"}
    customer = walk.customer.pk
    trail = AuditEntry.objects.filter(customer_id=customer, kind="change")
    assert trail.count() > 30 and not trail.filter(by__isnull=True).exists()
    assert numbers <= set(trail.values_list("by__job_number", flat=True))
    assert numbers <= set(walk.journey.entries.values_list("by__job_number", flat=True))
    lines = TimelineLine.objects.filter(customer=customer)
    assert not lines.filter(by__isnull=True).exists()
    assert numbers <= set(lines.values_list("by__job_number", flat=True))
    assert {made.by.job_number for made in Print.objects.filter(customer_id=customer)} <= numbers
    shown = login(walk.cast.admin).get(f"/audit/?customer={customer}").content.decode()
    for words in ("何示文 2004", "周示远 1015"):
        assert words in shown
