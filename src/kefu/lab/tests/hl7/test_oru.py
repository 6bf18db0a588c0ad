"""What a result message says: which order, whose notes, which controls, and what is taken at all."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from kefu.lab.hl7 import ErrorCode, HL7Error, OruPatient, ResultStatus
from kefu.lab.hl7.people import OruIdentifier
from kefu.lab.tests.hl7.messages import CHINA, OBR, OBX, ORC, PID, group_of, only, reports


def test_a_blood_count_is_read_in_full():
    report = only()
    assert (report.sending_application, report.sending_facility) == ("XHLQ-LIS", "协和洛奇检验室")
    assert (report.control_id, report.version, report.processing_id) == ("MSG00001", "2.5.1", "P")
    assert report.sent_at == datetime(2026, 3, 17, 9, 30, tzinfo=CHINA)
    assert report.patient == OruPatient(
        name="欧阳听澜",
        names=("欧阳听澜",),
        birth_date=date(1984, 2, 29),
        sex="female",
        identifiers=(OruIdentifier("CUST-7", "KEFU", "PI"),),
    )
    (group,) = report.groups
    assert (group.placer_number, group.filler_number, group.order_number) == ("LAB-2026-0017", "F-88", "LAB-2026-0017")
    assert (group.item_code, group.item_name, group.status, group.qc) == ("T-101", "血常规", ResultStatus.FINAL, False)
    assert group.observed_at == datetime(2026, 3, 16, 8, tzinfo=CHINA)
    assert group.reported_at == datetime(2026, 3, 17, 9, tzinfo=CHINA)
    (result,) = group.results
    assert (result.set_id, result.code, result.name, result.value_type) == ("1", "WBC", "白细胞", "NM")
    assert (result.raw_value, result.text, result.numeric) == ("5.10", "5.10", Decimal("5.10"))
    assert (result.unit, result.range_text, result.flag, result.status) == (
        "10*9/L",
        "3.5-9.5",
        "N",
        ResultStatus.FINAL,
    )


@pytest.mark.parametrize(
    ("orc", "obr", "spm", "number"),
    [
        ("ORC|RE|11545596-0175^KEFU", "OBR|1|OTHER|FILL|T", "SPM|1|BAR", "11545596-0175"),
        ("ORC|RE|", "OBR|1|0012^KEFU|FILL|T", "SPM|1|BAR", "0012"),
        ("ORC|RE|", "OBR|1||FILL^LIS|T", "SPM|1|BAR", "FILL"),
        ("ORC|RE||ORC3", "OBR|1|||T", "SPM|1|BAR", "ORC3"),
        ("ORC|RE|", "OBR|1|||T", "SPM|1|BAR&KEFU^LABNO", "BAR"),
        ("ORC|RE|", "OBR|1|||T", "SPM|1|^LABNO&LIS", "LABNO"),
        ('ORC|RE|""', 'OBR|1|""||T', "SPM|1|", ""),
    ],
)
def test_the_order_number_is_text_from_the_first_place_that_has_one(orc, obr, spm, number):
    assert group_of(PID, orc, obr, OBX, spm).order_number == number


def test_every_number_of_a_group_can_be_tried():
    group = group_of(PID, "ORC|RE|A", "OBR|1|B|C|T", "SPM|1|D", OBX)
    assert group.candidates == ("A", "B", "C", "D")


def test_one_order_segment_serves_the_items_after_it_unless_they_name_their_own():
    first, second, third = only(PID, "ORC|RE|A", "OBR|1|||T1", OBX, "OBR|2||F2|T2", OBX, "OBR|3|C||T3", OBX).groups
    assert [group.order_number for group in (first, second, third)] == ["A", "A", "C"]
    assert [group.item_code for group in (first, second, third)] == ["T1", "T2", "T3"]


def test_several_people_are_several_reports():
    one, two = reports(PID, ORC, OBR, OBX, "PID|2||8||张^三||19900101|M", "OBR|1|B||T-2", OBX, OBX)
    assert [(report.patient.name, report.groups[0].order_number) for report in (one, two)] == [
        ("欧阳听澜", "LAB-2026-0017"),
        ("张三", "B"),
    ]
    assert [len(report.groups[0].results) for report in (one, two)] == [1, 2]


def test_an_order_segment_of_one_person_is_never_used_for_the_next():
    _, two = reports(PID, "ORC|RE|A", "OBR|1|||T1", OBX, "PID|2||8||张^三", "OBR|1|||T2", OBX)
    assert two.groups[0].order_number == ""


def test_results_without_person_or_item_are_still_seen():
    group = group_of(OBX)
    assert (group.order_number, group.item_code, len(group.results)) == ("", "", 1)
    assert only(OBX).patient == OruPatient()
    assert only(PID).groups == ()


def test_a_specimen_may_stand_before_its_item():
    group = group_of(PID, "SPM|1|BAR||SER|||||||Q", "ORC|RE|A", OBR, OBX)
    assert (group.specimen_number, group.qc, group.order_number, len(group.results)) == ("BAR", True, "A", 1)


def test_notes_belong_to_what_they_follow():
    report = only(
        PID,
        "NTE|1||空腹",
        OBR,
        "NTE|1||溶血",
        "NTE|2||轻度",
        OBX,
        "NTE|1||已复查~两次",
        OBX,
        "SPM|1|BAR",
        "NTE|1||量少",
    )
    assert report.patient.notes == "空腹"
    (group,) = report.groups
    assert group.notes == "溶血\n轻度\n量少"
    assert [result.notes for result in group.results] == ["已复查\n两次", ""]


@pytest.mark.parametrize(
    ("specimen", "changes", "is_control"),
    [
        ("SPM|1|BAR|||||||||Q", {}, True),
        ("SPM|1|BAR|||||||||C^Calibrator", {}, True),
        ("SPM|1|BAR|||||||||P", {}, False),
        ("SPM|1|BAR", {}, False),
        ("SPM|1|BAR", {"f16": "2"}, True),
        ("SPM|1|BAR", {"f16": "1"}, True),
        ("SPM|1|BAR", {"f16": "0"}, False),
        ("SPM|1|BAR", {"f16": "AL"}, False),
        ("SPM|1|BAR", {"f11": "Q"}, True),
    ],
)
def test_controls_and_calibrations_are_marked(specimen, changes, is_control):
    assert group_of(PID, OBR, OBX, specimen, **changes).qc is is_control


@pytest.mark.parametrize("kind", ["ORU", "ORU^R01", "ORU^R01^ORU_R01", "ORU_R01"])
def test_the_trigger_may_be_missing(kind):
    assert only(f9=kind).groups[0].results[0].text == "5.10"


@pytest.mark.parametrize(
    "version", ["2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.6", "2.7.1", "2.8", "2.9", "2.5^CHN", ""]
)
def test_versions_2_1_to_2_9_are_taken(version):
    assert only(f12=version).groups[0].results[0].text == "5.10"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"f9": "ADT^A01"}, ErrorCode.MESSAGE_TYPE),
        ({"f9": ""}, ErrorCode.MESSAGE_TYPE),
        ({"f9": "ORU^R30"}, ErrorCode.EVENT_CODE),
        ({"f12": "3.0"}, ErrorCode.VERSION),
        ({"f12": "2.10"}, ErrorCode.VERSION),
    ],
)
def test_anything_else_is_refused_with_its_code(changes, code):
    with pytest.raises(HL7Error) as refusal:
        only(**changes)
    assert refusal.value.code == code


def test_twenty_thousand_results_are_read():
    results = group_of(PID, OBR, *[OBX] * 20_000).results
    assert len(results) == 20_000
    assert results[-1].numeric == Decimal("5.10")
