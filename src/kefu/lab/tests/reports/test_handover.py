"""Handing over, receipt, explanation, and putting each right with a reason (LAB-009, JRN-012, JRN-013)."""

from datetime import date

import pytest

from kefu.customers.actions import add_family
from kefu.customers.actions.facts import allow_telling
from kefu.foundation.events import bus
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Invalid, Refused
from kefu.lab import events
from kefu.lab.actions.handovers import correct_handover, hand_over
from kefu.lab.actions.interpretations import correct_interpretation
from kefu.lab.choices import HandoverMode, InterpretationMode
from kefu.lab.models import Handover
from kefu.lab.queries.reports import receipt_of
from kefu.messaging.models import Message

POSTED, COLLECTED = HandoverMode.POSTED, HandoverMode.COLLECTED


@pytest.fixture
def told(monkeypatch):
    """What was announced about hand-overs and receipts."""
    heard = []
    for event in (events.ReportHandedOver, events.ReceiptRecorded):
        monkeypatch.setitem(bus._subscribers, event, [*bus._subscribers[event], heard.append])
    return heard


@pytest.fixture
def made(story):
    story.release()
    story.write()
    story.paper()
    return story


def said(heard):
    return [(type(one).__name__, getattr(one, "mode", ""), one.received_on) for one in heard]


@pytest.mark.req("LAB-009")
def test_posted_first_received_later_starts_the_clock_with_the_receipt(made, journeys, told):
    made.hand(POSTED, carrier="顺丰速运", waybill="SF0012345678")
    assert said(told) == [("ReportHandedOver", "posted", None)]
    assert receipt_of(made.order) is None
    message = Message.objects.get(template__code="report_posted")
    assert ("SF0012345678" in message.body, "糖代谢" in message.body) == (True, False)
    hand_over(report=made.overall(), mode=POSTED, received_on=date(2026, 11, 30), by=journeys.manager, at=made.at(7))
    assert said(told)[1:] == [("ReceiptRecorded", "", date(2026, 11, 30))]
    assert receipt_of(made.order.pk) == date(2026, 11, 30)
    rows = [(row.mode, row.waybill, row.received_on, row.by) for row in Handover.objects.order_by("pk")]
    assert rows == [
        ("posted", "SF0012345678", None, journeys.consulting), ("posted", "SF0012345678", date(2026, 11, 30), journeys.manager),
    ]  # fmt: skip
    assert Handover.objects.earliest("pk").at == made.at(5)
    assert made.standing == ("interpretation", "paper_issued")


def test_collected_tells_the_manager_and_the_customer_once(made, journeys, told):
    journeys.bj.address = "朝阳路 1 号"
    journeys.bj.save()
    made.hand(COLLECTED)
    assert Notice.objects.filter(user=journeys.manager, code="paper_ready_staff").count() == 1
    body = Message.objects.get(template__code="report_ready_collect").body
    assert ("朝阳路 1 号" in body, "维生素" in body) == (True, False)
    assert made.hand(COLLECTED).pk == Handover.objects.get().pk
    assert len(told) == 1


def test_a_customer_who_has_the_report_is_not_told_to_fetch_it(made, told):
    made.hand(COLLECTED, received_on=date(2026, 11, 28))
    assert said(told) == [
        ("ReportHandedOver", "collected", date(2026, 11, 28)),
        ("ReceiptRecorded", "", date(2026, 11, 28)),
    ]
    assert not Message.objects.filter(template__code__startswith="report_").exists()


def test_a_waybill_that_becomes_known_later_is_added(made):
    made.hand(POSTED)
    assert not Message.objects.filter(template__code="report_posted").exists()
    made.hand(POSTED, carrier="顺丰速运", waybill="SF9")
    assert Message.objects.filter(template__code="report_posted").count() == 1


def test_what_is_known_is_changed_only_as_a_correction_with_a_reason(made, journeys, told):
    made.hand(POSTED, received_on=date(2026, 11, 28))
    for wrong in ({"received_on": date(2026, 11, 27)}, {"mode": COLLECTED}):
        with pytest.raises(Refused) as refused:
            made.hand(**({"mode": POSTED} | wrong))
        assert refused.value.code == "already_handed_over"
    told.clear()
    fix = {"report": made.overall(), "mode": COLLECTED, "by": journeys.consulting, "at": made.at(6)}
    for broken in ({"reason": " ", "received_on": date(2026, 11, 27)}, {"reason": "填错", "received_on": None}):
        with pytest.raises(Invalid):
            correct_handover(**fix, **broken)
    correct_handover(**fix, reason="日期填错，是自取", received_on=date(2026, 11, 27))
    assert said(told) == [("ReceiptRecorded", "", date(2026, 11, 27))]
    assert receipt_of(made.order) == date(2026, 11, 27)
    assert [row.reason for row in Handover.objects.order_by("pk")] == ["", "日期填错，是自取"]


@pytest.mark.req("CUS-037")
def test_a_proxy_gets_the_report_only_where_the_customer_allowed_it(made, journeys, login):
    customer, by, at = made.order.customer, journeys.manager, made.at(5)
    proxy = add_family(customer=customer, relation="child", name="白示宁", proxy=True, by=by, at=at)
    allow_telling(link=proxy, topics=["booking"], note="电话里说的", by=by, at=at)
    with pytest.raises(Refused, match="客户没有允许把检测报告告诉白示宁") as refusal:
        made.hand(COLLECTED, collector=proxy)
    assert refusal.value.code == "not_to_be_told"
    browser, page = login(journeys.consulting), f"/reports/{made.overall().pk}/"
    assert "白示宁 子女" in browser.get(page).content.decode()
    answer = browser.post(f"{page}handover/", {"mode": "collected", "collector": proxy.pk})
    assert "客户没有允许把检测报告告诉白示宁" in answer.content.decode()
    assert not Handover.objects.exists()
    allow_telling(link=proxy, topics=["report"], note="客户签字的委托书", by=by, at=at)
    with pytest.raises(Invalid):
        made.hand(POSTED, collector=proxy)
    assert browser.post(f"{page}handover/", {"mode": "collected", "collector": proxy.pk}).status_code == 302
    assert Handover.objects.get().collector == proxy
    assert "白示宁" in browser.get(page).content.decode().split('id="h-gone"')[1]
    allow_telling(link=proxy, topics=[], note="客户收回", by=by, at=at)
    with pytest.raises(Refused):
        correct_handover(report=made.overall(), mode=COLLECTED, collector=proxy, reason="再记一次", by=by, at=at)


@pytest.fixture
def family(made, journeys):
    """Two of the customer's family who may be told of reports."""
    found, customer = [], made.order.customer
    for relation, name in (("child", "白示宁"), ("spouse", "白示和")):
        link = add_family(
            customer=customer, relation=relation, name=name, proxy=True, by=journeys.manager, at=made.at(5)
        )
        allow_telling(link=link, topics=["report"], note="委托书", by=journeys.manager, at=made.at(5))
        found.append(link)
    return found


@pytest.mark.req("CUS-037")
def test_who_fetched_the_report_may_be_said_later_and_is_changed_only_by_a_correction(made, family):
    child, spouse = family
    made.hand(COLLECTED, received_on=date(2026, 11, 28))
    assert made.hand(COLLECTED, collector=child).collector == child
    assert made.hand(COLLECTED, collector=child).pk == Handover.objects.last().pk
    assert made.hand(COLLECTED).collector == child
    with pytest.raises(Refused) as refused:
        made.hand(COLLECTED, collector=spouse)
    assert refused.value.code == "already_handed_over"
    rows = [(row.received_on, row.collector) for row in Handover.objects.order_by("pk")]
    assert rows == [(date(2026, 11, 28), None), (date(2026, 11, 28), child)]


def test_whoever_was_to_fetch_a_report_did_not_get_one_that_was_posted(made, family):
    made.hand(COLLECTED, collector=family[0])
    posted = made.hand(POSTED, received_on=date(2026, 11, 28))
    assert (posted.mode, posted.collector) == ("posted", None)


def test_nobody_has_received_anything_tomorrow(made):
    with pytest.raises(Invalid) as wrong:
        made.hand(COLLECTED, received_on=date(2026, 12, 31))
    assert [error.code for error in wrong.value.errors] == ["future"]
    assert not Handover.objects.exists()


def test_explaining_is_recorded_once_and_put_right_with_a_reason(made, journeys):
    made.hand(COLLECTED)
    made.explain(mode=InterpretationMode.PHONE, note="讲了血糖")
    with pytest.raises(Refused):
        made.explain()
    fix = {
        "report": made.overall(),
        "mode": InterpretationMode.IN_PERSON,
        "note": "当面讲了血糖",
        "by": journeys.doctor,
        "at": made.at(7),
    }
    with pytest.raises(Invalid):
        correct_interpretation(**fix, reason="")
    correct_interpretation(**fix, reason="是当面讲的")
    assert [(one.mode, one.note, one.reason) for one in made.overall().interpretations.order_by("pk")] == [
        ("phone", "讲了血糖", ""), ("in_person", "当面讲了血糖", "是当面讲的"),
    ]  # fmt: skip
    assert made.status == "report_interpreted"


def test_a_correction_after_the_handover_calls_the_report_back(made, journeys):
    made.hand(COLLECTED, received_on=date(2026, 11, 28))
    made.explain()
    made.arrive(codes=["T-GLU"], values={"FPG": "9.99"}, status="C", control_id="M2", sent="20261130100000")
    assert (made.status, made.standing) == ("report_under_review", ("report_released", "report_under_review"))
    assert receipt_of(made.order) is None
    made.approve("T-GLU", days=8)
    made.write("更正后重写", days=8)
    made.paper(days=8)
    made.hand(COLLECTED, days=8, received_on=date(2026, 12, 1))
    made.explain(days=9)
    assert (made.status, receipt_of(made.order)) == ("report_interpreted", date(2026, 12, 1))


def test_the_forms_of_the_report_page(made, journeys, login):
    overall, browser = made.overall(), login(journeys.consulting)
    page = f"/reports/{overall.pk}/"
    assert "下一步：发放纸质报告" in browser.get(page).content.decode()
    assert browser.post(f"{page}handover/", {"mode": "carried"}).status_code == 422
    assert (
        browser.post(f"{page}handover/", {"mode": "posted", "carrier": "顺丰速运", "waybill": "SF1"}).status_code == 302
    )
    shown = browser.get(page).content.decode()
    assert ("登记客户收到" in shown, "等医生解读" in shown) == (True, True)
    assert browser.post(f"{page}handover/receipt/", {"received_on": ""}).status_code == 422
    assert browser.post(f"{page}handover/receipt/", {"received_on": "2026-11-23"}).status_code == 302
    assert receipt_of(made.order) == date(2026, 11, 23)
    wrong = browser.post(f"{page}handover/correction/", {"fix-mode": "posted", "fix-received_on": "2026-11-22"})
    assert (wrong.status_code, "更正原因" in wrong.content.decode()) == (422, True)
    fixed = {"fix-mode": "posted", "fix-received_on": "2026-11-22", "fix-waybill": "SF1", "fix-reason": "早一天"}
    assert browser.post(f"{page}handover/correction/", fixed).status_code == 302
    assert receipt_of(made.order) == date(2026, 11, 22)
    doctor = login(journeys.doctor)
    assert doctor.post(f"{page}interpretation/", {"mode": "phone", "note": "讲过"}).status_code == 302
    again = {"fix-mode": "in_person", "fix-note": "当面讲过", "fix-reason": "填错"}
    assert doctor.post(f"{page}interpretation/", again).status_code == 302
    assert made.overall().interpretations.last().note == "当面讲过"
