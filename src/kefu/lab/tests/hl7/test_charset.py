"""The laboratory writes in its own character set; nothing may be guessed or lost."""

import pytest

from kefu.lab.hl7 import ErrorCode, HL7Error, read
from kefu.lab.hl7.charset import codec_of, encode
from kefu.lab.tests.hl7.messages import OBX, PID, oru

# Second bytes of these characters in GBK are the backslash (5C) and the vertical bar (7C).
TRAPS = "誠乗亅俓"


def read_one(raw, fallback=None):
    (found,) = read(raw, fallback_charset=fallback)
    return found


@pytest.mark.parametrize(
    ("label", "codec", "used"),
    [
        ("", "utf-8", "UTF-8"),
        ("UNICODE UTF-8", "utf-8", "UTF-8"),
        ("UNICODE", "utf-8", "UTF-8"),
        ("UTF-8", "utf-8", "UTF-8"),
        ("GB 18030-2000", "gb18030", "GB18030"),
        ("GB 18030", "gb18030", "GB18030"),
        ("GB18030", "gb18030", "GB18030"),
        ("GBK", "gbk", "GB18030"),
        ("GB2312", "gb2312", "GB18030"),
        ("ASCII~UNICODE UTF-8", "utf-8", "UTF-8"),
        ("8859/1~GB 18030-2000", "gb18030", "GB18030"),
        ("~GB 18030-2000", "gb18030", "GB18030"),
    ],
)
def test_a_chinese_name_arrives_whole_in_every_declared_set(label, codec, used):
    found = read_one(oru(f18=label).encode(codec))
    assert found.message.get("PID-5.1") + found.message.get("PID-5.2") == "欧阳听澜"
    assert (found.charset_used, found.charset_flagged) == (used, False)
    assert found.header.sending_facility == "协和洛奇检验室"


@pytest.mark.parametrize("label", ["GBK", "GB 18030-2000"])
def test_characters_whose_second_byte_is_a_delimiter_are_decoded_before_splitting(label):
    raw = oru(PID.replace("欧阳^听澜", f"{TRAPS}^誠"), OBX, f4=f"{TRAPS}检验", f6="亅亅", f18=label).encode("gb18030")
    assert b"|" in TRAPS.encode("gb18030") and b"\\" in TRAPS.encode("gb18030")
    found = read_one(raw)
    assert found.message.get("PID-5") == f"{TRAPS}^誠"
    assert found.message.get("PID-8") == "F"
    assert found.header.sending_facility == f"{TRAPS}检验"
    assert (found.header.raw(6), found.header.control_id, found.header.charset) == ("亅亅", "MSG00001", label)
    assert found.charset_flagged is False


def test_latin_text_is_read_as_declared():
    found = read_one(oru("PID|1||7||Müller^Zoë", f4="LAB", f18="8859/1").encode("latin-1"))
    assert (found.message.get("PID-5"), found.charset_used) == ("Müller^Zoë", "ISO-8859-1")


def test_gbk_bytes_under_a_utf8_declaration_are_refused_without_a_fallback():
    with pytest.raises(HL7Error) as refusal:
        read(oru(f18="UNICODE UTF-8").encode("gbk"), fallback_charset=None)
    assert refusal.value.code == ErrorCode.DATA_TYPE


@pytest.mark.parametrize("label", ["", "UTF-8", "ASCII", "ISO-2022-XX"])
def test_the_fallback_of_the_peer_reads_them_and_is_flagged(label):
    found = read_one(oru(f4=f"{TRAPS}检验", f18=label).encode("gbk"), fallback="GBK")
    assert found.message.get("PID-5.2") == "听澜"
    assert (found.charset_used, found.charset_flagged) == ("GB18030", True)
    assert (found.header.sending_facility, found.header.charset) == (f"{TRAPS}检验", label)


def test_a_right_declaration_is_not_overruled_by_the_fallback():
    found = read_one(oru(f18="UTF-8").encode(), fallback="GBK")
    assert (found.charset_used, found.charset_flagged) == ("UTF-8", False)


def test_an_unknown_character_set_is_refused_and_named_in_the_code():
    with pytest.raises(HL7Error) as refusal:
        read(oru(f18="ISO-2022-XX").encode(), fallback_charset=None)
    assert refusal.value.code == ErrorCode.TABLE_VALUE


def test_a_fallback_that_does_not_exist_is_a_configuration_error():
    with pytest.raises(ValueError, match="EBCDIC"):
        read(oru().encode("gbk"), fallback_charset="EBCDIC")


def test_ascii_means_ascii():
    with pytest.raises(HL7Error):
        read(oru(f18="ASCII").encode(), fallback_charset=None)


@pytest.mark.parametrize("fallback", [None, "GBK"])
@pytest.mark.parametrize("lost", ["欧阳\ufffd", "欧阳\x00"])
def test_text_that_lost_characters_before_it_was_sent_is_never_taken(lost, fallback):
    with pytest.raises(HL7Error) as refusal:
        read(oru(f"PID|1||7||{lost}").encode(), fallback_charset=fallback)
    assert refusal.value.code == ErrorCode.DATA_TYPE


def test_a_byte_order_mark_is_taken_off():
    found = read_one(b"\xef\xbb\xbf" + oru().encode())
    assert found.message.segments[0].name == "MSH"
    assert (found.charset_used, found.charset_flagged) == ("UTF-8", False)


def test_a_byte_order_mark_proves_utf8_against_the_declaration():
    found = read_one(b"\xef\xbb\xbf" + oru(f18="GBK").encode())
    assert found.message.get("PID-5.2") == "听澜"
    assert (found.charset_used, found.charset_flagged) == ("UTF-8", True)


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_is_refused(codec):
    with pytest.raises(HL7Error):
        read(oru().encode(codec), fallback_charset=None)


def test_labels_are_compared_without_case_blanks_and_signs():
    assert {codec_of(label) for label in ("gb 18030-2000", "GB_18030", "cp936")} == {"GB18030"}
    assert codec_of('""') == "UTF-8"
    assert codec_of("8859/15") == "ISO-8859-15"
    assert codec_of("UNICODE UTF-32") is None


def test_an_answer_is_never_stopped_by_a_character_the_set_lacks():
    assert encode("未知 order", "ASCII") == b"?? order"
