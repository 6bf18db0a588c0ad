"""What a row carries and what a query asks for fit together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.foundation.search.tokens import document, parse

HANZI = st.text("王李张小明伟欧阳珠芳朝京路中山", min_size=1, max_size=8)
DIGITS = st.text("0123456789", min_size=4, max_size=12)


def carries(found, query):
    """How the database decides: the tokens, and the text where they are not enough."""
    by_tokens = set(query.tokens) <= set(found.tokens)
    return by_tokens and all(run.exact or run.text in found.text for run in query.runs)


@given(HANZI, st.data())
def test_every_part_of_a_chinese_text_is_found(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    part = text[start : data.draw(st.integers(start + 1, len(text)))]
    assert carries(document("", [text]), parse(part))


@given(HANZI, HANZI)
def test_what_is_not_part_of_it_is_not_found(text, other):
    assert carries(document("", [text]), parse(other)) == (other in text)


@given(DIGITS, st.data())
def test_every_part_of_a_number_is_found(number, data):
    start = data.draw(st.integers(0, len(number) - 1))
    part = number[start : data.draw(st.integers(start + 1, len(number)))]
    assert carries(document("", [number]), parse(part))


@given(HANZI, st.data())
def test_a_name_is_found_by_the_beginning_of_its_pinyin_and_of_its_initials(name, data):
    found = document(name, [])
    full, initials = (
        found.text.splitlines()[-2:] if len(found.text.splitlines()) > 2 else (found.text.splitlines()[-1],) * 2
    )
    for letters in (full, initials):
        length = data.draw(st.integers(1, len(letters)))
        assert carries(found, parse(letters[:length]))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("欧", True), ("欧阳", True), ("阳珠", False), ("OuYang", True), ("mingzhu", True), ("uyang", False), ("oymz", True), ("ymz", True),
        ("mzo", False), ("6021", True), ("13812346021", True), ("0213", False), ("138 1234 6021", True), ("ha26", True), ("260001", True),
        ("望京 6021", True), ("望京 6022", False), ("pearl", True), ("earl", False), ("ｏｙ", True), ("", False), ("，。", False),
    ],
)  # fmt: skip
def test_how_people_ask(text, found):
    pearl = document("欧阳明珠", ["13812346021", "HA260001", "朝阳区望京路12号", "pearl@example.com"])
    query = parse(text)
    assert (bool(query.runs) and carries(pearl, query)) == found


def test_texts_are_not_found_across_their_borders():
    found = document("", ["朝阳", "望京", "ab cd"])
    assert not carries(found, parse("阳望"))
    assert not carries(found, parse("abcd"))


def test_a_name_is_read_as_a_name():
    assert "shan" in document("单雄信", []).tokens


def test_a_very_long_query_stays_small():
    assert len(parse("王" * 500).tokens) == 1
    assert len(parse(" ".join(str(number) for number in range(1000, 2000))).runs) == 6


def test_the_stored_tokens_of_a_person_are_few():
    assert len(document("张伟", ["13812346021"]).tokens) <= 40
