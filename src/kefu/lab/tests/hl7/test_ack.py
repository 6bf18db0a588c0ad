"""What the laboratory is answered."""

from datetime import datetime, timedelta, timezone

import hl7
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.lab.hl7 import AckCode, ErrorCode, build_ack, header_of, read
from kefu.lab.tests.hl7.messages import AT, msh, oru

CHINA = timezone(timedelta(hours=8))


def answer(raw, code=AckCode.ACCEPT, **more):
    return build_ack(header_of(raw), code, at=AT.astimezone(CHINA), control_id="K-1", **more)


def parsed(raw, **more):
    (found,) = read(answer(raw, **more), fallback_charset=None)
    return found.message


def test_an_accepted_message_is_answered_in_full():
    assert answer(oru(f4="LAB").encode()).decode() == (
        "MSH|^~\\&|KEFU|HQ|XHLQ-LIS|LAB|20260317173005+0800||ACK^R01^ACK|K-1|P|2.5.1\rMSA|AA|MSG00001\r"
    )


def test_an_unknown_order_is_an_error_with_code_and_reason():
    message = parsed(oru().encode(), code=AckCode.ERROR, error=ErrorCode.UNKNOWN_KEY, text="order X|1 is unknown")
    assert message.get("MSA-1") == "AE"
    assert message.get("MSA-2") == "MSG00001"
    assert message.get("MSA-3") == "order X|1 is unknown"
    assert message.get("ERR-3") == "204^Unknown key identifier^HL70357"
    assert message.get("ERR-4") == "E"
    assert message.get("ERR-7") == "order X|1 is unknown"


def test_a_refusal_without_a_reason_is_an_application_error():
    assert parsed(oru().encode(), code=AckCode.REJECT).get("ERR-3.1") == "207"


def test_an_accepted_message_has_no_error_segment():
    assert "ERR" not in [segment.name for segment in parsed(oru().encode()).segments]


@pytest.mark.parametrize(("label", "codec"), [("GB 18030-2000", "gb18030"), ("GBK", "gbk"), ("UNICODE UTF-8", "utf-8")])
def test_the_answer_is_in_the_character_set_of_the_sender(label, codec):
    raw = answer(oru(f4="誠検驗室", f18=label).encode("gb18030" if "GB" in label else codec), text="收到")
    text = raw.decode(codec)
    assert text.startswith("MSH|^~\\&|KEFU|HQ|XHLQ-LIS|誠検驗室|")
    assert text.split("\r")[0].endswith(f"|2.5.1||||||{label}")
    assert text.split("\r")[1] == "MSA|AA|MSG00001|收到"


def test_the_answer_to_a_wrongly_declared_message_is_in_what_the_peer_writes():
    (found,) = read(oru(f18="UTF-8").encode("gbk"), fallback_charset="GBK")
    raw = build_ack(found.header, AckCode.ACCEPT, at=AT, control_id="1", text="收到")
    assert "收到" in raw.decode("gbk")
    assert "协和洛奇检验室" in raw.decode("gbk")


def test_of_several_declared_sets_the_answer_names_the_one_it_uses():
    (found,) = read(oru(f18="ASCII~UNICODE UTF-8").encode(), fallback_charset=None)
    raw = build_ack(found.header, AckCode.ACCEPT, at=AT, control_id="1")
    assert raw.decode().split("\r")[0].endswith("|UNICODE UTF-8")


def test_an_undecodable_header_is_echoed_byte_for_byte():
    raw = answer(oru(f18="UTF-8").encode("gbk"), code=AckCode.REJECT, error=ErrorCode.DATA_TYPE)
    assert "协和洛奇检验室".encode("gbk") in raw
    assert b"MSA|AR|MSG00001\r" in raw


@pytest.mark.parametrize("control_id", ["A\\T\\B", "A\\B", "1^2", ""])
def test_the_control_id_is_echoed_exactly(control_id):
    segments = answer(oru(f10=control_id).encode(), text="x").decode().split("\r")
    assert segments[1] == f"MSA|AA|{control_id}|x"


def test_the_answer_uses_the_separators_of_the_sender():
    raw = oru(f4="LAB").translate(str.maketrans("|^", "#*")).encode()
    assert (
        answer(raw).decode().startswith("MSH#*~\\&#KEFU#HQ#XHLQ-LIS#LAB#20260317173005+0800##ACK*R01*ACK#K-1#P#2.5.1")
    )


@pytest.mark.parametrize(("trigger", "kind"), [("ORU", "ACK"), ("ORU^R01", "ACK^R01^ACK"), ("ORU_R01", "ACK^R01^ACK")])
def test_the_trigger_is_repeated_when_there_is_one(trigger, kind):
    assert parsed(oru(f9=trigger).encode()).get("MSH-9") == kind


@pytest.mark.parametrize(
    ("version", "ours"), [("2.1", "2.1"), ("2.3.1", "2.3.1"), ("2.9", "2.9"), ("3.0", "2.5.1"), ("", "2.5.1")]
)
def test_the_version_is_repeated_when_we_know_it(version, ours):
    assert parsed(oru(f12=version).encode()).get("MSH-12") == ours


@pytest.mark.parametrize(
    ("broken", "echoed"),
    [
        (b"", ""),
        (b"\x00\xff garbage", ""),
        (b"PID|1", ""),
        (b"MSH", ""),
        (b"MSH||LAB|||||||ID7", "ID7"),
        (b"MSH|^~|LAB|||||||ID7", "ID7"),
        (b"noise MSH|^~\\&|LAB||||||ORU|ID7|P|2.3", "ID7"),
        (b"MSH|^~\\&|LAB||||||ORU|ID\x1c7", "ID7"),
    ],
)
def test_even_an_unreadable_header_gets_an_answer_with_what_was_readable(broken, echoed):
    message = parsed(broken, code=AckCode.REJECT, error=ErrorCode.SEGMENT_SEQUENCE, text="no MSH")
    assert (message.get("MSA-1"), message.get("MSA-2"), message.get("ERR-3.1")) == ("AR", echoed, "100")


@given(st.binary(max_size=120))
def test_any_bytes_get_one_well_formed_answer(tail):
    for raw in (tail, b"MSH|^~\\&|" + tail):
        sent = answer(raw, code=AckCode.REJECT, text="x")
        assert b"\x1c" not in sent and b"\x0b" not in sent and b"\n" not in sent
        assert [line[:3] for line in sent.split(b"\r")] == [b"MSH", b"MSA", b"ERR", b""]


def test_a_time_without_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        build_ack(header_of(msh().encode()), AckCode.ACCEPT, at=datetime(2026, 3, 17), control_id="1")


def test_a_second_opinion_reads_the_answer():
    other = hl7.parse(answer(oru().encode(), code=AckCode.ERROR, error=ErrorCode.UNKNOWN_KEY).decode())
    assert str(other["MSA.F1"]) == "AE"
    assert str(other["MSA.F2"]) == "MSG00001"
    assert str(other["ERR.F3.R1.C1"]) == "204"
