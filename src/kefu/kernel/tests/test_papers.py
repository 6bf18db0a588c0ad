"""Every kind of paper has its own shape, and what is no such number is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.id_numbers import check_digit
from kefu.kernel.papers import PaperError, PaperKind, plain_number, read_paper

RIGHT = {
    "resident": ["11010519491231002X", "110105 19491231 002x"],
    "passport": ["E12345678", "ＥＡ1234567", "533380006"],
    "hk_macao": ["H12345678", "M1234567800", "h 1234 5678"],
    "taiwan": ["12345678", "1234567890", "1234567890(B)"],
    "foreign_resident": ["CHN110098765432", "9" + "1011019900101001" + check_digit("91011019900101001")],
    "other": ["AB-12-99", "军字第1234号".replace("军字第", "").replace("号", "")],
}
WRONG = {
    "resident": ["", "110105194912310021", "11010519491331002X", "1101051949123100"],
    "passport": ["", "E12", "护照12345", "ABCDEFGH", "E" * 21],
    "hk_macao": ["A12345678", "H1234567", "H123456789"],
    "taiwan": ["1234567", "123456789", "T12345678"],
    "foreign_resident": ["CHN11009876543", "910110199001010011"],
    "other": ["", "A1", "----", "x" * 41],
}


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in RIGHT.items() for text in texts])
def test_a_right_number_is_read(kind, text):
    assert read_paper(PaperKind(kind), text).number == plain_number(text)


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in WRONG.items() for text in texts])
def test_a_wrong_number_is_refused(kind, text):
    with pytest.raises(PaperError):
        read_paper(PaperKind(kind), text)


def test_the_mainland_card_tells_birth_date_and_sex():
    card = read_paper(PaperKind.RESIDENT, "11010519491231002X")
    assert (card.birth_date.isoformat(), card.sex) == ("1949-12-31", "female")


@given(st.sampled_from(list(PaperKind)), st.text(max_size=50))
def test_any_text_is_read_or_refused_and_reading_again_changes_nothing(kind, text):
    try:
        paper = read_paper(kind, text)
    except PaperError:
        return
    assert read_paper(kind, paper.number) == paper
