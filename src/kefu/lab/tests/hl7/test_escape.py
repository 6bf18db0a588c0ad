"""Escape sequences."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.lab.hl7.escape import escape, unescape
from kefu.lab.hl7.separators import Separators

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\ufffd"))
HARD_TEXT = TEXT | st.text(alphabet="\\|^~&#EFSTRX0Da.br张誠\r\n ")
ODD = Separators("#", "@", "!", "/", "%", "*")


@given(HARD_TEXT)
def test_any_text_comes_back(text):
    assert unescape(escape(text)) == text


@given(HARD_TEXT)
def test_any_text_comes_back_with_other_separators(text):
    assert unescape(escape(text, ODD), ODD) == text


@given(HARD_TEXT)
def test_escaped_text_holds_no_delimiter_and_no_line_end(text):
    assert not set(escape(text)) & set("|^~&\r\n\x0b\x1c")


@given(HARD_TEXT)
def test_reading_what_somebody_else_wrote_never_fails(text):
    unescape(text)


def test_chinese_stays_readable():
    assert escape("张三 <5") == "张三 <5"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        (r"a\F\b\S\c\T\d\R\e\E\f", r"a|b^c&d~e\f"),
        (r"一\.br\二", "一\n二"),
        (r"一\X0D0A\二", "一\r\n二"),
        (r"\XE5BCA0\三", "张三"),
        (r"\E\R\ ", "\\R\\ "),
        (r"\F\F\ ", "|F\\ "),
    ],
)
def test_known_sequences(sent, meant):
    assert unescape(sent) == meant


def test_hexadecimal_bytes_are_in_the_character_set_of_the_message():
    assert unescape(r"\XD5C5\三", codec="GB18030") == "张三"


@pytest.mark.parametrize(
    "kept",
    [
        r"\H\high\N\ ",
        r"\Zabc\ ",
        r"\.sp3\ ",
        r"\X0\ ",
        r"\XFF\ ",
        r"\X00\ ",
        r"\XEFBFBD\ ",
        r"5 \ 6 | C:\temp\x",
        "\\",
        r"\\server\share",
    ],
)
def test_unknown_sequences_and_lone_backslashes_are_kept_verbatim(kept):
    assert unescape(kept) == kept


def test_a_lone_backslash_does_not_swallow_the_sequence_after_it():
    assert unescape(r"5 \ 6 \F\ 7") == r"5 \ 6 | 7"


def test_the_truncation_character_has_its_own_sequence():
    assert (escape("a#b", Separators(truncation="#")), unescape(r"a\P\b", Separators(truncation="#"))) == (
        r"a\P\b",
        "a#b",
    )


def test_a_million_backslashes_take_no_time():
    assert unescape("\\ " * 500_000) == "\\ " * 500_000
