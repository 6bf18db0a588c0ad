"""Splitting messages."""

import time

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.lab.hl7 import ErrorCode, HL7Error, parse, read
from kefu.lab.hl7.encoding import encode_segment
from kefu.lab.tests.hl7.messages import OBR, OBX, PID, msh, oru

VALUES = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffd"), max_size=12)


def names(message):
    return [segment.name for segment in message.segments]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r", "\n\n", "\r\n\r\n", "\n\r"])
def test_every_line_end_gives_the_same_message(end):
    assert parse(oru(end=end)) == parse(oru())


def test_lines_before_and_after_are_ignored():
    assert parse("\r\n\r\n" + oru() + "\r\n") == parse(oru())


def test_a_line_break_inside_a_text_stays_in_the_text():
    message = parse(oru(PID, OBR, "OBX|1|FT|NOTE^评语||第一行\n第二行|", OBX))
    assert message.get("OBX-5") == "第一行\n第二行"
    assert names(message) == ["MSH", "PID", "OBR", "OBX", "OBX"]


@pytest.mark.parametrize("marks", ["|^~\\&", "|^~\\&#", "#@!/%", "$*%=:"])
def test_separators_are_those_the_message_names(marks):
    usual = oru(PID, OBR, OBX, f9="ORU^R01", f4="LAB")
    text = usual.translate(str.maketrans("|^~\\&", marks[:5])).replace(marks[1:5], marks[1:], 1)
    message = parse(text)
    assert (message.get("PID-5.2"), message.get("OBX-5"), message.get("MSH-2")) == ("听澜", "5.10", marks[1:])
    assert message.get("MSH-1") == marks[0]


def test_missing_things_are_empty_and_never_an_error():
    message = parse(oru())
    for path in ("ZZZ-1", "PID-99", "PID-5.9", "PID-5.1.7", "PID(2)-5", "PID-3(9).1", "PID(0)-5", "PID-0"):
        assert message.get(path) == ""


def test_paths_reach_every_level():
    message = parse(oru("PID|1||a^b&c^d~e^f&g\\T\\h||张", "PID|2||x"))
    assert message.get("PID-3") == "a^b&c^d~e^f&g&h"
    assert message.get("PID-3.2") == "b&c"
    assert message.get("PID-3.2.2") == "c"
    assert message.get("PID-3(2)") == "e^f&g&h"
    assert message.get("PID-3(2).2.2") == "g&h"
    assert message.get("PID(2)-3.1.1") == "x"
    assert message.get("MSH-9.2") == "R01"
    with pytest.raises(ValueError, match="not a path"):
        message.get("PID.5")


def test_deleted_and_empty_are_different():
    message = parse(oru('PID|1||""||'))
    assert (message.get("PID-3"), message.get("PID-5")) == ('""', "")


def test_unknown_and_z_segments_are_kept():
    message = parse(oru(PID, "ZLR|1|自定义", "XYZ|2", OBX))
    assert names(message) == ["MSH", "PID", "ZLR", "XYZ", "OBX"]
    assert message.get("ZLR-2") == "自定义"


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "hello",
        "PID|1||7",
        "MSH",
        "MSH|",
        "MSH|^~\\",
        "MSH|^~\\&#?|LAB",
        "MSH|^^\\&|LAB",
        "MSH|^~\\||LAB",
        "MSH|^~a&|LAB",
        "MSH ^~\\& LAB",
        oru() + "this is no segment\r",
        oru() + "PIDX|1\r",
        oru() + "pid|1\r",
        oru() + msh(),
        oru() + "FHS|^~\\&\r",
        msh() + "\nnot a segment\r" + OBX,
    ],
)
def test_anything_that_cannot_be_split_is_refused(broken):
    with pytest.raises(HL7Error) as refusal:
        parse(broken)
    assert refusal.value.code == ErrorCode.SEGMENT_SEQUENCE


def test_twenty_thousand_results_are_split_within_a_second_of_computing():
    text = oru(PID, OBR, *[OBX.replace("OBX|1", f"OBX|{number}") for number in range(20_000)])
    start = time.process_time()
    message = parse(text)
    assert time.process_time() - start < 1
    assert len(message.segments) == 20_003
    assert message.get("OBX(20000)-5") == "5.10"


@given(st.lists(VALUES | st.lists(VALUES, min_size=2, max_size=4), min_size=1, max_size=8))
def test_what_is_encoded_is_parsed_back(values):
    message = parse(msh() + "\r" + encode_segment("ZZZ", *values) + "\r")
    for number, value in enumerate(values, start=1):
        if isinstance(value, str):
            assert message.get(f"ZZZ-{number}") == value
        else:
            assert [message.get(f"ZZZ-{number}.{part + 1}") for part in range(len(value))] == value
    assert parse(message.encoded()) == message


@given(st.text(alphabet="MSHPIDOBX|^~\\&\r\n 张1", max_size=60))
def test_any_text_is_a_message_or_a_refusal(tail):
    try:
        parse("MSH|^~\\&|" + tail)
    except HL7Error as refusal:
        assert refusal.code == ErrorCode.SEGMENT_SEQUENCE


def test_a_second_opinion_agrees():
    text = oru(PID, "ORC|RE|A~B", OBR, OBX, "NTE|1||复查")
    other, ours = hl7.parse(text), parse(text)
    assert [str(segment[0]) for segment in other] == names(ours)
    for name, field in (("PID", 5), ("OBR", 4), ("OBX", 5), ("OBX", 6), ("ORC", 2), ("NTE", 3), ("MSH", 9)):
        assert str(other.segment(name)[field]) == ours.get(f"{name}-{field}")
    assert str(other) == ours.encoded()


def test_a_batch_gives_its_messages_each_in_its_own_character_set():
    batch = (
        b"FHS|^~\\&|LAB\r\nBHS|^~\\&|LAB\r\n"
        + oru(end="\r\n", f10="A1").encode()
        + oru(end="\r\n", f10="A2", f18="GBK").encode("gbk")
        + b"BTS|2\r\nFTS|1\r\n"
    )
    found = read(batch, fallback_charset=None)
    assert [one.header.control_id for one in found] == ["A1", "A2"]
    assert [one.message.get("PID-5.2") for one in found] == ["听澜", "听澜"]
    assert [one.charset_used for one in found] == ["UTF-8", "GB18030"]
    assert b"BTS" not in found[1].raw


def test_two_messages_without_batch_segments_are_two():
    assert len(read((oru(f10="A1") + oru(f10="A2")).encode(), fallback_charset=None)) == 2


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\r\n",
        b"FHS|^~\\&|LAB\rBTS|0\r",
        b"BHS|^~\\&\rPID|1\r" + oru().encode(),
        b"junk\r" + oru().encode(),
        b"MSH",
    ],
)
def test_a_broken_envelope_is_refused(broken):
    with pytest.raises(HL7Error) as refusal:
        read(broken, fallback_charset=None)
    assert refusal.value.code == ErrorCode.SEGMENT_SEQUENCE


def test_a_file_may_carry_its_mllp_frame():
    (found,) = read(b"\x0b" + oru().encode() + b"\x1c\r", fallback_charset=None)
    assert found.message == parse(oru())
    assert found.raw == oru().rstrip("\r").encode()


@given(st.binary(max_size=200))
def test_any_bytes_are_messages_or_a_refusal(tail):
    for raw in (tail, b"MSH|^~\\&|" + tail):
        try:
            read(raw, fallback_charset=None)
        except HL7Error as refusal:
            assert refusal.code in (ErrorCode.SEGMENT_SEQUENCE, ErrorCode.DATA_TYPE, ErrorCode.TABLE_VALUE)
