"""The review desk: one report at a time, looked at value by value, and the ways back (JRN-009)."""

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.journey.models import JourneyTemplate
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.lab.actions.reviews import approve_report, return_report, withdraw_approval
from kefu.lab.models import CriticalValue, Report, ResultVersion
from kefu.lab.queries.desk import queue, sheet_of
from kefu.lab.testing import in_testing
from kefu.lab.testing_results import deliver, oru


def test_abnormal_values_are_ticked_one_by_one(story, journeys):
    story.arrive(codes=["T-GLU"], values={"FPG": "6.50", "INS": "0.5"})
    report = story.report("T-GLU")
    sheet = sheet_of(report)
    assert ([one.result.analyte.code for one in sheet.abnormal], len(sheet.normal)) == (["FPG", "INS"], 4)
    fpg, ins = (one.result.pk for one in sheet.abnormal)
    with pytest.raises(Refused) as refused:
        approve_report(report=report, checked={fpg}, by=journeys.consulting, at=story.at(2))
    assert (refused.value.code, refused.value.details) == ("unchecked", {"results": [ins]})
    assert str(refused.value) == "还差：空腹胰岛素。逐项核对后才能通过。"
    done = approve_report(
        report=report, checked={fpg, ins}, note="建议解读时说明", by=journeys.consulting, at=story.at(2)
    )
    decision = done.decisions.get()
    assert (decision.kind, decision.note, len(decision.results)) == ("approved", "建议解读时说明", 6)
    assert (done.approved_by, done.approved_at) == (journeys.consulting, story.at(2))


def test_a_value_that_moved_a_lot_is_ticked_too(story, journeys, customer):
    story.release(values={"FPG": "4.00"})
    again = in_testing_again(journeys, customer)
    assert deliver(journeys, oru(again, ["T-GLU"], values={"FPG": "4.81"}, control_id="M9"), days=30) == ("AA", "")
    sheet = sheet_of(Report.objects.select_related("order").get(order=again))
    assert [(one.result.text, [before.text for before in one.before]) for one in sheet.changed] == [("4.81", ["4.00"])]


def in_testing_again(cast, customer):
    """A second order outside any journey: only what the laboratory measured before counts here."""
    JourneyTemplate.objects.update(active=False)
    return in_testing(cast, customer, ("T-GLU",))


def test_what_came_in_meanwhile_is_looked_at_first(story, journeys):
    story.arrive(codes=["T-GLU"])
    report = story.report("T-GLU")
    seen = sheet_of(report).newest
    story.arrive(codes=["T-GLU"], values={"FPG": "5.55"}, control_id="M2", sent="20261124110000")
    with pytest.raises(Refused) as refused:
        approve_report(report=report, checked=set(), seen=seen, by=journeys.consulting, at=story.at(2))
    assert refused.value.code == "changed_meanwhile"
    assert story.report("T-GLU").status == "arrived"


def test_twice_approved_is_refused(story, journeys):
    story.arrive(codes=["T-GLU"])
    story.approve("T-GLU")
    with pytest.raises(Refused) as refused:
        story.approve("T-GLU")
    assert refused.value.code == "not_to_review"
    assert story.report("T-GLU").decisions.count() == 1


def test_sending_back_needs_a_reason_and_the_right(story, journeys):
    story.arrive(codes=["T-GLU"])
    report = story.report("T-GLU")
    with pytest.raises(Invalid):
        return_report(report=report, reason="  ", by=journeys.consulting, at=story.at(2))
    for user in (journeys.doctor, journeys.manager, journeys.lab_system):
        with pytest.raises(Forbidden):
            return_report(report=report, reason="不对", by=user, at=story.at(2))
    return_report(report=report, reason="单位像是写错", by=journeys.consulting, at=story.at(2))
    entry = AuditEntry.objects.get(code="lab.report.returned")
    assert (entry.reason, entry.by) == ("单位像是写错", journeys.consulting)
    with pytest.raises(Refused):
        story.approve("T-GLU")


def test_an_approval_is_taken_back_with_a_reason_until_the_paper_has_left(story, journeys):
    story.release()
    story.write()
    report = story.report("T-GLU")
    assert Report.objects.readable_by(journeys.doctor).filter(pk=report.pk).exists()
    withdraw_approval(report=report, reason="看错了一项", by=journeys.consulting, at=story.at(3))
    assert not Report.objects.readable_by(journeys.doctor).filter(pk=report.pk).exists()
    assert (story.status, story.standing) == ("report_under_review", ("report_released", "report_under_review"))
    story.approve("T-GLU", days=3)
    story.write("重新写过", days=3)
    story.paper()
    story.hand()
    with pytest.raises(Refused) as refused:
        withdraw_approval(report=report, reason="太晚了", by=journeys.consulting, at=story.at(6))
    assert refused.value.code == "handed_over"
    assert [one.kind for one in report.decisions.all()] == ["approved", "withdrawn", "approved"]


def test_the_queue_shows_critical_ones_first_then_by_promise(story, journeys):
    story.arrive(codes=["T-VIT"])
    story.arrive(codes=["T-GLU"], values={"FPG": "2.00", "INS": "0.5"}, control_id="M2")
    assert [(one.report.order_item.item.code, one.abnormal, one.values, one.critical) for one in queue(journeys.consulting)] == [
        ("T-GLU", 2, 6, True), ("T-VIT", 0, 8, False),
    ]  # fmt: skip
    assert queue(journeys.doctor) == []


def test_the_desk_costs_the_same_for_one_and_for_many(story, journeys, django_assert_max_num_queries):
    story.arrive()
    with django_assert_max_num_queries(4):
        queue(journeys.consulting)


def test_the_page_approves_returns_and_withdraws(story, journeys, login):
    story.arrive(values={"FPG": "2.00"})
    browser = login(journeys.consulting)
    desk = browser.get("/reports/review/")
    page = desk.content.decode()
    assert ("通过后" in page, "何示宁" in page, "何示文" in page, "危急值" in page) == (True, True, True, True)
    report = story.report("T-GLU")
    assert desk.context["report"] == report
    fpg = ResultVersion.objects.get(analyte__code="FPG")
    refused = browser.post(f"/reports/{report.pk}/approval/", {"seen": desk.context["sheet"].newest})
    assert (refused.status_code, "还差：空腹血糖" in refused.content.decode()) == (409, True)
    noted = browser.post(f"/reports/{report.pk}/acknowledgement/", {"note": "已电话告知"})
    assert (noted.status_code, CriticalValue.objects.get().acknowledged_by) == (302, journeys.consulting)
    done = browser.post(
        f"/reports/{report.pk}/approval/",
        {"seen": desk.context["sheet"].newest, "checked": [fpg.pk], "note": "请看血糖"},
    )
    assert (done.status_code, done.url) == (302, "/reports/review/")
    assert story.report("T-GLU").status == "approved"
    other = story.report("T-VIT")
    assert "退回检验室" in browser.get(f"/reports/{other.pk}/return/").content.decode()
    assert browser.post(f"/reports/{other.pk}/return/", {"reason": ""}).status_code == 422
    browser.post(f"/reports/{other.pk}/return/", {"reason": "请复核"})
    assert story.report("T-VIT").status == "returned"
    browser.post(f"/reports/{report.pk}/approval/withdrawal/", {"reason": "看错"})
    assert story.report("T-GLU").status == "arrived"
