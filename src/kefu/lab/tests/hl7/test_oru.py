"""What a result message says about person, item and value."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kefu.lab.hl7 import ErrorCode, HL7Error, OruPatient, ResultStatus, parse, reports_of
from kefu.lab.hl7.people import OruIdentifier
from kefu.lab.hl7.statuses import OBSERVATION_STATUSES, REQUEST_STATUSES
from kefu.lab.tests.hl7.messages import OBR, OBX, ORC, PDF, PID, oru

CHINA = timezone(timedelta(hours=8))


def reports(*segments, **changes):
    return reports_of(parse(oru(*segments, **changes)))


def only(*segments, **changes):
    (report,) = reports(*segments, **changes)
    return report


def group_of(*segments, **changes):
    (group,) = only(*segments, **changes).groups
    return group


def value(kind, sent):
    (result,) = group_of(PID, OBR, f"OBX|1|{kind}|X^项目||{sent}||||||F").results
    return result


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


# Which order


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


# Which person


@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ("张三", "张三"),
        ("张^三", "张三"),
        ("欧阳^听澜^^^女士", "欧阳听澜"),
        ("张　三", "张三"),
        ("OUYANG^TINGLAN~欧阳^听澜", "欧阳听澜"),
        ("买买提·吐尔逊", "买买提·吐尔逊"),
        ("SMITH&VAN^JOHN^Q", "SMITH JOHN Q"),
        ('张^""', "张"),
        ('""', ""),
        ("", ""),
        (" 誠^ ", "誠"),
    ],
)
def test_names(sent, name):
    assert only(f"PID|1||7||{sent}", OBR, OBX).patient.name == name


def test_all_forms_of_a_name_can_be_compared():
    assert only("PID|1||7||OUYANG^TINGLAN~欧阳^听澜", OBX).patient.names == ("OUYANG TINGLAN", "欧阳听澜")


@pytest.mark.parametrize(
    ("sent", "sex"),
    [
        ("M", "male"),
        ("f", "female"),
        ("男", "male"),
        ("2", "female"),
        ("O", "other"),
        ("A", "other"),
        ("U", "unknown"),
        ("", "unknown"),
        ('""', "unknown"),
        ("?", "unknown"),
        ("M^Male^HL70001", "male"),
    ],
)
def test_sex(sent, sex):
    assert only(f"PID|1||7||张||19900101|{sent}", OBX).patient.sex == sex


@pytest.mark.parametrize(
    ("sent", "day"),
    [
        ("19840229", date(1984, 2, 29)),
        ("198402291530+0800", date(1984, 2, 29)),
        ("1984-02-29", date(1984, 2, 29)),
        ("1984/2/29", date(1984, 2, 29)),
        ("1984", None),
        ("198402", None),
        ("19830229", None),
        ('""', None),
        ("unknown", None),
    ],
)
def test_birth_date(sent, day):
    assert only(f"PID|1||7||张||{sent}", OBX).patient.birth_date == day


def test_identifiers_come_from_all_three_fields():
    identifiers = only("PID|1|OLD|7^^^KEFU&1.2&ISO^PI~8|ALT|张", OBX).patient.identifiers
    assert identifiers == (
        OruIdentifier("7", "KEFU", "PI"),
        OruIdentifier("8"),
        OruIdentifier("OLD"),
        OruIdentifier("ALT"),
    )


# Times


@pytest.mark.parametrize(
    ("sent", "at"),
    [
        ("20260317093005", datetime(2026, 3, 17, 9, 30, 5, tzinfo=CHINA)),
        ("202603170930", datetime(2026, 3, 17, 9, 30, tzinfo=CHINA)),
        ("20260317", datetime(2026, 3, 17, tzinfo=CHINA)),
        ("20260317093005.25+0000", datetime(2026, 3, 17, 9, 30, 5, 250000, tzinfo=UTC)),
        ("20260317093005-0330", datetime(2026, 3, 17, 13, 0, 5, tzinfo=UTC)),
        ("2026-03-17 09:30:05", datetime(2026, 3, 17, 9, 30, 5, tzinfo=CHINA)),
        ("2026-03-17T09:30+08:00", datetime(2026, 3, 17, 9, 30, tzinfo=CHINA)),
        ("202603", None),
        ("20260230", None),
        ("20260317250000", None),
        ("20260317093005+9999", None),
        ("soon", None),
    ],
)
def test_times(sent, at):
    assert only(f7=sent).sent_at == at


def test_a_time_without_zone_follows_the_message_and_else_the_centre():
    assert only(f7="20260317093000+0000").groups[0].reported_at == datetime(2026, 3, 17, 9, tzinfo=UTC)
    (report,) = reports_of(parse(oru()), zone=ZoneInfo("Asia/Tokyo"))
    assert report.groups[0].reported_at == datetime(2026, 3, 17, 0, tzinfo=UTC)


# Values


@pytest.mark.parametrize(
    ("kind", "sent", "text", "comparator", "numeric"),
    [
        ("NM", "5.10", "5.10", "", "5.10"),
        ("NM", "0", "0", "", "0"),
        ("NM", "-0.5", "-0.5", "", "-0.5"),
        ("NM", "<0.5", "<0.5", "<", "0.5"),
        ("NM", ">1000", ">1000", ">", "1000"),
        ("NM", "≤ 3", "≤ 3", "<=", "3"),
        ("NM", "＞５．１", "＞５．１", ">", "5.1"),
        ("NM", "1.2E3", "1.2E3", "", "1.2E3"),
        ("NM", "1,2", "1,2", "", None),
        ("NM", "阴性", "阴性", "", None),
        ("NM", "10²", "10²", "", None),
        ("NM", "1e999999999", "1e999999999", "", None),
        ("NM", "2+", "2+", "", None),
        ("NM", "NaN", "NaN", "", None),
        ("NM", "", "", "", None),
        ("NM", "1~2", "1\n2", "", None),
        ("", "7.0", "7.0", "", "7.0"),
        ("ST", "<0.01", "<0.01", "<", "0.01"),
        ("SN", "<^0.5", "<0.5", "<", "0.5"),
        ("SN", "^5.10", "5.10", "", "5.10"),
        ("SN", ">=^10", ">=10", ">=", "10"),
        ("SN", "^1^:^128", "1:128", "", None),
        ("SN", "^2^+", "2+", "", None),
        ("CE", "POS^阳性^L", "阳性", "", None),
        ("CWE", "^^^^^^^^弱阳性(±)", "弱阳性(±)", "", None),
        ("CE", "AB", "AB", "", None),
        ("CE", "A^甲~B^乙", "甲\n乙", "", None),
        ("TX", "未见异常\\.br\\建议复查", "未见异常\n建议复查", "", None),
        ("TX", "一~二", "一\n二", "", None),
        ("FT", "12", "12", "", None),
        ("DT", "20260317", "20260317", "", None),
        ("RP", "https://lab/1^LIS^application^pdf", "https://lab/1", "", None),
        ("ZZ", "x^y", "x^y", "", None),
    ],
)
def test_values(kind, sent, text, comparator, numeric):
    result = value(kind, sent)
    assert (result.text, result.comparator) == (text, comparator)
    assert str(result.numeric) == str(None if numeric is None else Decimal(numeric))


def test_the_value_as_sent_keeps_repetitions_and_components():
    assert value("CE", "A^甲~B^乙").raw_value == "A^甲~B^乙"
    assert value("TX", "a\\F\\b~c").raw_value == "a|b~c"


def test_a_value_taken_back_is_not_an_empty_value():
    assert (value("NM", '""').deleted, value("NM", '""').text) == (True, "")
    assert (value("NM", "").deleted, value("NM", "0").deleted) == (False, False)


def test_a_pdf_is_an_attachment():
    result = value("ED", "LIS^application^pdf^Base64^JVBERi0xLjcgAP8gc21hbGwg\\.br\\cmVwb3J0")
    assert result.attachment.content() == PDF
    assert (result.text, result.raw_value, result.attachment.media_type) == (
        "application/pdf",
        "application/pdf",
        "application",
    )


def test_other_encodings_of_attachments():
    assert value("ED", "^application^pdf^Hex^255044").attachment.content() == b"%PD"
    assert value("ED", "^text^plain^A^正常").attachment.content() == "正常".encode()
    with pytest.raises(HL7Error):
        value("ED", "^application^pdf^Base64^###").attachment.content()
    assert value("ED", "lost").attachment is None


def test_repeats_of_one_analyte_are_kept_apart():
    results = group_of(
        PID, OBR, "OBX|1|NM|GLU|0'|5||||||F", "OBX|2|NM|GLU|120'|7||||||F", "OBX|3|NM|GLU|120'|8"
    ).results
    assert [(result.set_id, result.sub_id, result.text) for result in results] == [
        ("1", "0'", "5"),
        ("2", "120'", "7"),
        ("3", "120'", "8"),
    ]


def test_codes_units_ranges_and_flags_are_the_laboratorys():
    result = group_of(OBR, 'OBX|1|NM|^^^K^钾^LN||6.9|^mmol/L|""|HH~A~|||f|||20260317083000').results[0]
    assert (result.code, result.name, result.unit, result.range_text) == ("K", "钾", "mmol/L", "")
    assert (result.flag, result.flags, result.status_code) == ("HH~A", ("HH", "A"), "F")
    assert result.observed_at == datetime(2026, 3, 17, 8, 30, tzinfo=CHINA)
    assert group_of(OBR, "OBX|1|NM|K||6.9||3.5\\T\\5.5").results[0].range_text == "3.5&5.5"


# Status


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("F", "final"),
        ("C", "corrected"),
        ("P", "preliminary"),
        ("R", "preliminary"),
        ("S", "preliminary"),
        ("I", "pending"),
        ("O", "pending"),
        ("D", "withdrawn"),
        ("W", "withdrawn"),
        ("X", "cancelled"),
        ("N", "not_asked"),
        ("U", "final"),
        ("Q", "unknown"),
        ("", "corrected"),
    ],
)
def test_obx_11(code, status):
    result = group_of(PID, OBR[:-1] + "C", f"OBX|1|NM|X||1||||||{code}").results[0]
    assert (result.status, result.promotes) == (status, code == "U")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("F", "final"),
        ("C", "corrected"),
        ("P", "preliminary"),
        ("R", "preliminary"),
        ("A", "partial"),
        ("I", "pending"),
        ("O", "pending"),
        ("S", "pending"),
        ("X", "cancelled"),
        ("Y", "unknown"),
        ("Z", "unknown"),
        ("W", "unknown"),
        ("", "final"),
    ],
)
def test_obr_25(code, status):
    assert group_of(PID, OBR[:-1] + code, OBX).status == status


def test_a_result_without_status_in_a_partly_finished_item_is_final():
    assert group_of(PID, OBR[:-1] + "A", "OBX|1|NM|X||1").results[0].status == ResultStatus.FINAL
    assert group_of(PID, OBR[:-1] + "X", "OBX|1|NM|X||1").results[0].status == ResultStatus.CANCELLED


def test_only_final_and_corrected_results_may_be_reported():
    assert {status for status in ResultStatus if status.is_reportable} == {"final", "corrected"}
    assert "W" in OBSERVATION_STATUSES and "W" not in REQUEST_STATUSES


# Notes and controls


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


# What is taken


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
