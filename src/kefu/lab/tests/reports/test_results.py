"""Values as sent, our judgement beside the laboratory's, and what changes a report (LAB-007)."""

from datetime import timedelta

import pytest

from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import OutOfScope, Refused
from kefu.lab.actions.reviews import acknowledge_critical, return_report
from kefu.lab.models import CriticalValue, Order, Report, ResultVersion
from kefu.lab.queries.results import counting, incomplete
from kefu.lab.testing_results import deliver, oru


def value(code, version=None):
    rows = ResultVersion.objects.filter(analyte__code=code)
    return rows.get(version=version) if version else rows.order_by("-version").first()


@pytest.mark.parametrize(
    ("sent", "text", "flag"),
    [
        ("3.90", "3.90", "normal"), ("6.10", "6.10", "normal"), ("3.89", "3.89", "low"), ("6.11", "6.11", "high"),
        ("2.79", "2.79", "critical_low"), ("22.21", "22.21", "critical_high"), ("0", "0", "critical_low"),
        ("5.10", "5.10", "normal"), (">22.2", ">22.2", "critical_high"), ("阴性", "阴性", "none"), ("1,2", "1,2", "none"),
    ],
)  # fmt: skip
def test_the_value_is_kept_as_text_and_judged_exactly(story, sent, text, flag):
    story.arrive(values={"FPG": sent})
    found = value("FPG")
    assert (found.text, found.flag, str(found.low), str(found.high)) == (text, flag, "3.9000", "6.1000")


def test_the_laboratorys_flag_and_range_stand_beside_ours(story):
    story.arrive(values={"FPG": "6.00"}, flags={"FPG": "H"})
    found = value("FPG")
    assert (found.flag, found.lab_flag) == ("normal", "H")


def test_the_range_is_that_of_the_age_on_the_day_of_the_sample(journeys, person):
    from kefu.lab.testing import in_testing

    order = in_testing(journeys, person(), ("T-GEN",))
    assert deliver(journeys, oru(order, values={"HGB": "115"})) == ("AA", "")
    found = value("HGB")
    assert (str(found.low), str(found.high), found.flag) == ("115.0000", "150.0000", "normal")


def test_a_value_in_another_unit_is_filed_but_not_judged(story):
    raw = oru(story.order).replace("mmol/L||", "mg/dL||", 1)
    assert deliver(story.cast, raw) == ("AA", "")
    found = value("FPG")
    assert (found.unit, found.unit_differs, found.flag) == ("mg/dL", True, "none")


def test_a_partial_panel_stays_in_testing_with_what_is_missing(story):
    story.arrive(codes=["T-GLU"], only=("FPG", "HBA1C", "INS", "HOMA"))
    assert (story.status, Report.objects.count()) == ("testing", 0)
    lines = list(story.order.items.select_related("item"))
    assert [(one.line.item.code, one.missing) for one in incomplete(lines)] == [("T-GLU", ("CPEP", "FRUC"))]
    story.arrive(codes=["T-GLU"], only=("CPEP", "FRUC"), control_id="M2")
    assert (story.status, Report.objects.get().status) == ("report_under_review", "arrived")


def test_preliminary_values_are_not_reported_until_they_are_final(story):
    story.arrive(codes=["T-GLU"], status="P")
    assert (story.status, Report.objects.count()) == ("testing", 0)
    assert {row.state for row in counting(story.order.items.all())} == {"preliminary"}
    confirm = oru(story.order, ["T-GLU"], control_id="M2", status="U", sent="20261124110000").replace(
        "|||U\rOBX", "|||F\rOBX"
    )
    raw = "\r".join(line.rsplit("|", 1)[0] + "|U" if line.startswith("OBX") else line for line in confirm.split("\r"))
    raw = raw.replace("||||||||||||||||||U", "||||||||||||||||||F")
    assert deliver(story.cast, raw) == ("AA", "")
    assert (value("FPG").state, value("FPG").version) == ("final", 2)
    assert Report.objects.get().status == "arrived"


def test_an_older_message_that_comes_late_never_counts(story):
    story.arrive(codes=["T-GLU"], values={"FPG": "5.50"}, sent="20261124110000")
    story.arrive(codes=["T-GLU"], values={"FPG": "9.90"}, sent="20261124100000", control_id="M2")
    assert [(row.version, row.text, row.late) for row in ResultVersion.objects.filter(analyte__code="FPG").order_by("version")] == [
        (1, "5.50", False), (2, "9.90", True),
    ]  # fmt: skip
    assert [row.text for row in counting(story.order.items.all()) if row.analyte.code == "FPG"] == ["5.50"]


def test_the_same_content_under_a_new_number_makes_no_new_version(story):
    story.arrive(codes=["T-GLU"])
    story.arrive(codes=["T-GLU"], control_id="M2", sent="20261124120000")
    assert ResultVersion.objects.count() == 6


@pytest.mark.req("LAB-007")
def test_a_correction_after_release_reopens_the_review_and_the_doctor_is_told(story, journeys):
    story.release()
    story.write()
    before = story.report("T-GLU")
    story.arrive(codes=["T-GLU"], values={"FPG": "7.20"}, status="C", control_id="M2", sent="20261126100000")
    before.refresh_from_db()
    after = story.report("T-GLU")
    assert (before.status, before.version, after.status, after.version) == ("superseded", 1, "arrived", 2)
    assert (story.status, story.standing) == ("report_under_review", ("report_released", "report_under_review"))
    order = Order.objects.get(pk=story.order.pk)
    assert (order.released_at, order.overall_at) == (None, None)
    for user in (journeys.doctor, journeys.manager):
        notice = Notice.objects.get(user=user, code="lab_report_reopened")
        assert notice.text == f"检测单 {order.number} 的报告正在重新审核，请先不要使用原报告。"
        readable = Report.objects.readable_by(user).values_list("order_item__item__code", "version", "status")
        assert ("T-GLU", 2, "arrived") not in set(readable)
        assert ("T-GLU", 1, "superseded") in set(readable)
    story.approve("T-GLU", days=3)
    overall = story.overall()
    assert (overall.version, overall.status, overall.draft.text) == (2, "waiting", "维生素略低，建议复查。")
    assert story.standing == ("overall_report", "report_released")


def test_a_value_taken_back_after_release_leaves_the_panel_open(story):
    story.release()
    raw = oru(story.order, ["T-GLU"], only=("FPG",), status="D", control_id="M2", sent="20261126100000")
    assert deliver(story.cast, raw) == ("AA", "")
    assert story.report("T-GLU").status == "returned"
    assert (story.status, value("FPG").state) == ("report_under_review", "withdrawn")
    assert not Report.objects.current().filter(kind="overall").exists()


def test_an_item_the_laboratory_cancels_is_decided_by_consulting(story):
    story.arrive(codes=["T-VIT"])
    raw = oru(story.order, ["T-GLU"], status="X", control_id="M2")
    raw = "\r".join(line for line in raw.split("\r") if not line.startswith("OBX"))
    assert deliver(story.cast, raw) == ("AA", "")
    assert story.report("T-GLU").status == "cancelled"
    story.approve()
    assert (story.status, story.report("T-GLU").status) == ("report_released", "approved")


def test_a_returned_report_comes_back_even_with_the_same_values(story, journeys):
    story.arrive(codes=["T-GLU"])
    report = return_report(
        report=story.report("T-GLU"), reason="血红蛋白与上次相差太大，请复核", by=journeys.consulting, at=story.at(2)
    )
    assert (report.status, report.due_at) == ("returned", None)
    story.arrive(codes=["T-GLU"], control_id="M2", sent="20261126100000")
    report.refresh_from_db()
    assert (report.status, report.version, ResultVersion.objects.count()) == ("arrived", 1, 6)


def test_a_critical_value_rings_at_once_and_somebody_puts_a_name_to_it(story, journeys):
    story.arrive(codes=["T-GLU"], values={"FPG": "2.79"})
    for user in (journeys.doctor, journeys.consulting):
        notice = Notice.objects.get(user=user, code="critical_staff")
        assert notice.text == "有一份结果需要您立即查看，请登录系统处理。"
    assert not Notice.objects.filter(user=journeys.manager, code="critical_staff").exists()
    report = story.report("T-GLU")
    with pytest.raises(OutOfScope):
        acknowledge_critical(report=report, by=journeys.doctor, at=story.at(1))
    moment = story.at(1) + timedelta(minutes=5)
    assert acknowledge_critical(report=report, note="已电话告知何医生", by=journeys.consulting, at=moment) == 1
    found = CriticalValue.objects.get()
    assert (found.acknowledged_by, found.acknowledged_at, found.note) == (
        journeys.consulting,
        moment,
        "已电话告知何医生",
    )
    assert AuditEntry.objects.filter(code="lab.critical.acknowledged").count() == 1
    with pytest.raises(Refused):
        acknowledge_critical(report=report, by=journeys.consulting, at=moment)


def test_results_can_not_be_changed_behind_the_back_of_the_house(story):
    from django.db import DatabaseError, transaction

    story.arrive(codes=["T-GLU"])
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ResultVersion.objects.update(text="5.0")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        ResultVersion.objects.all().delete()
