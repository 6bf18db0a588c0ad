"""The doctor writes the overall report: drafts, changes with a reason, history (JRN-010)."""

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.lab.actions.overall import save_overall_draft, write_overall
from kefu.lab.models import OverallDraft, OverallText


def test_what_was_typed_is_kept_until_it_is_entered(story, journeys):
    story.release()
    overall = story.overall()
    save_overall_draft(report=overall, text="血糖正", by=journeys.doctor, at=story.at(3))
    save_overall_draft(report=overall, text="血糖正常。", by=journeys.doctor, at=story.at(3))
    assert OverallDraft.objects.get().text == "血糖正常。"
    assert story.overall().status == "waiting"
    story.write("血糖正常。")
    assert not OverallDraft.objects.exists()
    assert OverallText.objects.get().text == "血糖正常。"


def test_only_the_customers_doctor_writes(story, journeys):
    story.release()
    for user in (journeys.consulting, journeys.manager, journeys.service):
        with pytest.raises(Forbidden):
            save_overall_draft(report=story.overall(), text="越权", by=user, at=story.at(3))
    with pytest.raises(OutOfScope):
        write_overall(report=story.overall(), text="别人的客户", by=journeys.doctor2, at=story.at(3))
    assert not OverallText.objects.exists()


def test_a_change_needs_a_reason_and_the_earlier_text_stays(story, journeys):
    story.release()
    with pytest.raises(Invalid):
        story.write("   ")
    story.write("原来的意见")
    assert story.write("原来的意见").version == 1
    with pytest.raises(Invalid) as missing:
        story.write("修改的意见")
    assert [error.field for error in missing.value.errors] == ["reason"]
    changed = write_overall(
        report=story.overall(), text="修改的意见", reason="补充饮食建议", by=journeys.doctor, at=story.at(4)
    )
    assert [(one.version, one.text, one.reason) for one in story.overall().texts.all()] == [
        (1, "原来的意见", ""), (2, "修改的意见", "补充饮食建议"),
    ]  # fmt: skip
    assert changed.by == journeys.doctor
    assert AuditEntry.objects.get(code="lab.overall.amended").reason == "补充饮食建议"
    assert story.standing == ("paper_production", "reviews_complete")


def test_a_replaced_overall_report_takes_no_more_text(story, journeys):
    story.release()
    story.write()
    old = story.overall()
    story.arrive(codes=["T-GLU"], values={"FPG": "7.20"}, status="C", control_id="M2", sent="20261126100000")
    with pytest.raises(Refused) as refused:
        write_overall(report=old, text="再改", reason="改", by=journeys.doctor, at=story.at(4))
    assert refused.value.code == "superseded"
    item = story.report("T-VIT")
    with pytest.raises(Refused) as wrong:
        write_overall(report=item, text="写错地方", by=journeys.doctor, at=story.at(4))
    assert wrong.value.code == "not_overall"


def test_the_pages_of_writing(story, journeys, login):
    story.release(values={"FPG": "6.66"})
    overall, browser = story.overall(), login(journeys.doctor)
    step = browser.get(f"/customers/{story.order.customer_id}/reports/next/")
    assert (step.status_code, step.url) == (302, f"/reports/{overall.pk}/")
    assert "录入总检报告" in browser.get(step.url).content.decode()
    form = browser.get(f"/reports/{overall.pk}/overall/").content.decode()
    assert ("6.66" in form, "偏高" in form) == (True, True)
    assert browser.post(f"/reports/{overall.pk}/overall/draft/", {"text": "半句"}).status_code == 204
    assert "半句" in browser.get(f"/reports/{overall.pk}/overall/").content.decode()
    assert browser.post(f"/reports/{overall.pk}/overall/", {"text": ""}).status_code == 422
    done = browser.post(f"/reports/{overall.pk}/overall/", {"text": "血糖偏高。"})
    assert (done.status_code, done.url) == (302, f"/reports/{overall.pk}/")
    assert browser.post(f"/reports/{overall.pk}/overall/", {"text": "改一改"}).status_code == 422
    browser.post(f"/reports/{overall.pk}/overall/", {"text": "改一改", "reason": "补充"})
    assert story.overall().texts.count() == 2
    for user in (journeys.manager, journeys.consulting, journeys.service):
        assert login(user).get(f"/reports/{overall.pk}/overall/").status_code == 403
    assert login(journeys.doctor2).get(f"/reports/{overall.pk}/overall/").status_code == 404
