"""From the laboratory's report to the doctor's explanation, step by step with the journey (JRN-008 to JRN-013)."""

from datetime import date

import pytest

from kefu.customers.models import TimelineLine
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Refused
from kefu.lab.actions.handovers import hand_over
from kefu.lab.actions.interpretations import interpret
from kefu.lab.actions.overall import write_overall
from kefu.lab.actions.papers import make_paper
from kefu.lab.actions.reviews import approve_report
from kefu.lab.choices import HandoverMode
from kefu.lab.models import Report


def bells(user):
    return list(
        Notice.objects.filter(user=user).exclude(code="journey.turn").order_by("pk").values_list("code", flat=True)
    )


@pytest.mark.req("JRN-008")
@pytest.mark.req("LAB-007")
def test_the_report_sets_under_review_by_itself_and_reminds_twice(story, journeys):
    assert (story.status, story.standing) == ("testing", ("report_released", "testing"))
    story.arrive()
    assert (story.status, story.standing) == ("report_under_review", ("report_released", "report_under_review"))
    for user in (journeys.doctor, journeys.manager):
        assert [code for code in bells(user) if code.startswith("report")] == ["report_arrived_staff"]
        text = Notice.objects.get(user=user, code="report_arrived_staff").text
        assert text == "您的一位客户有报告送达，正在审核。"
    story.approve("T-GLU")
    approved = Notice.objects.get(user=journeys.manager, code="report_approved_staff")
    assert (approved.text, approved.link) == (
        "您的一位客户的报告已审核通过，可以查看。", f"/reports/{story.report('T-GLU').pk}/",
    )  # fmt: skip
    assert "report_approved_staff" in bells(journeys.doctor)


@pytest.mark.req("JRN-009")
def test_approved_is_pressed_by_consulting_and_only_then_others_open_it(story, journeys):
    story.arrive()
    report = story.report("T-GLU")
    for user in (journeys.doctor, journeys.manager, journeys.director):
        assert not Report.objects.readable_by(user).exists()
        with pytest.raises(Forbidden):
            approve_report(report=report, by=user, at=story.at(2))
    story.approve("T-GLU")
    assert list(Report.objects.readable_by(journeys.doctor)) == [report]
    assert list(Report.objects.readable_by(journeys.manager)) == [report]
    assert story.standing == ("report_released", "report_under_review")
    story.approve("T-VIT")
    assert (story.status, story.standing) == ("report_released", ("overall_report", "report_released"))
    assert story.overall().status == "waiting"


@pytest.mark.req("JRN-010")
def test_the_doctor_combines_the_items_into_the_overall_report(story, journeys):
    story.arrive()
    with pytest.raises(Report.DoesNotExist):
        story.overall()
    story.approve()
    for user in (journeys.consulting, journeys.manager):
        with pytest.raises(Forbidden):
            write_overall(report=story.overall(), text="不该由我写", by=user, at=story.at(3))
    story.write("血糖正常；维生素 D 偏低，建议三个月后复查。")
    assert (story.status, story.standing) == ("reviews_complete", ("paper_production", "reviews_complete"))
    assert story.overall().texts.get().text == "血糖正常；维生素 D 偏低，建议三个月后复查。"


@pytest.mark.req("JRN-011")
def test_consulting_exports_the_complete_report(story, journeys):
    story.release()
    with pytest.raises(Refused) as early:
        story.paper()
    assert early.value.code == "no_overall"
    story.write()
    with pytest.raises(Forbidden):
        make_paper(report=story.overall(), by=journeys.doctor, at=story.at(4))
    paper = story.paper()
    assert (story.status, story.standing) == ("paper_in_preparation", ("paper_issued", "paper_in_preparation"))
    assert (paper.print.file.media_type, paper.text.version, paper.results.count()) == ("application/pdf", 1, 14)


@pytest.mark.req("JRN-012")
def test_the_finished_report_is_collected_by_the_manager(story, journeys):
    story.release()
    story.write()
    with pytest.raises(Refused) as early:
        story.hand()
    assert early.value.code == "journey_elsewhere"
    story.paper()
    with pytest.raises(Forbidden):
        hand_over(report=story.overall(), mode=HandoverMode.COLLECTED, by=journeys.manager, at=story.at(5))
    story.hand()
    assert (story.status, story.standing) == ("paper_issued", ("interpretation", "paper_issued"))
    assert (
        Notice.objects.get(user=journeys.manager, code="paper_ready_staff").text == "有一份纸质报告已制作完成，请领取。"
    )


@pytest.mark.req("JRN-013")
def test_the_doctor_explains_the_report_and_confirms(story, journeys):
    story.release()
    story.write()
    story.paper()
    with pytest.raises(Refused):
        story.explain()
    story.hand(received_on=date(2026, 11, 28))
    with pytest.raises(Forbidden):
        interpret(report=story.overall(), by=journeys.manager, at=story.at(6))
    done = story.explain(note="讲了维生素 D 的补充办法")
    assert (done.by, done.note) == (journeys.doctor, "讲了维生素 D 的补充办法")
    assert (story.status, story.standing) == ("report_interpreted", ("product_ordered", "report_interpreted"))


@pytest.mark.req("CUS-007", part="report issue")
@pytest.mark.req("CUS-008")
def test_every_step_enters_the_archive_by_itself(story):
    story.release()
    story.write()
    story.paper()
    story.hand(received_on=date(2026, 11, 28))
    story.explain()
    lines = TimelineLine.objects.filter(customer=story.order.customer, kind="report").order_by("pk")
    number = story.order.number
    assert [line.item for line in lines] == [
        f"收到检验报告，检测单 {number}", f"收到检验报告，检测单 {number}", f"检验报告审核通过，检测单 {number}",
        f"检验报告审核通过，检测单 {number}", f"录入总检报告，检测单 {number}", f"制作纸质报告，检测单 {number}",
        f"纸质报告发放（领取），检测单 {number}", f"当面解读，检测单 {number}",
    ]  # fmt: skip
    issued = lines.get(said="lab.paper.handed_over")
    assert (issued.amount, issued.lines, issued.by.name) == (story.order.total, ["客户 2026-11-28 收到"], "许示安")
