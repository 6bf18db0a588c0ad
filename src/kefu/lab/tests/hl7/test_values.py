"""Values, times and statuses of results."""

from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from kefu.lab.hl7 import HL7Error, ResultStatus, parse, reports_of
from kefu.lab.hl7.statuses import OBSERVATION_STATUSES, REQUEST_STATUSES
from kefu.lab.tests.hl7.messages import CHINA, OBR, OBX, PDF, PID, group_of, only, oru, value


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
