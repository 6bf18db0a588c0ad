"""ID card numbers: what they tell, what is wrong with them, and how they are hidden."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.id_numbers import IdFault, IdNumber, IdNumberError, Sex, check_digit, mask, parse
from kefu.kernel.tests.settings import QUICK


@pytest.mark.parametrize(
    ("text", "number", "born", "sex"),
    [
        ("11010519491231002X", "11010519491231002X", date(1949, 12, 31), Sex.FEMALE),
        ("11010519491231002x", "11010519491231002X", date(1949, 12, 31), Sex.FEMALE),
        ("１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X", date(1949, 12, 31), Sex.FEMALE),
        (" 440524 18800101 0014 ", "440524188001010014", date(1880, 1, 1), Sex.MALE),
    ],
)
def test_a_number_tells_birth_date_and_sex(text: str, number: str, born: date, sex: Sex) -> None:
    assert parse(text) == IdNumber(number, born, sex)


@pytest.mark.parametrize(
    ("text", "code", "actual"),
    [
        ("", IdFault.LENGTH, 0),
        ("110105491231002", IdFault.LENGTH, 15),
        ("11010519491231002XX", IdFault.LENGTH, 19),
        ("1101051949123100X2", IdFault.BAD_CHARACTER, 18),
        ("11010519491231００2Y", IdFault.BAD_CHARACTER, 18),
        ("990105194912310021", IdFault.REGION, 18),
        ("110105194902300021", IdFault.BIRTH_DATE, 18),
        ("110105000012310021", IdFault.BIRTH_DATE, 18),
        ("110105194912310021", IdFault.CHECK_DIGIT, 18),
    ],
)
def test_why_a_number_is_not_accepted(text: str, code: IdFault, actual: int) -> None:
    with pytest.raises(IdNumberError) as refused:
        parse(text)
    assert (refused.value.code, refused.value.actual, refused.value.expected) == (code, actual, 18)


def test_the_middle_is_hidden() -> None:
    assert mask("330102197803144821") == "3301**********4821"
    assert mask("12345") == "*****"


NUMBERS = st.builds(
    lambda region, born, serial: f"{region}{born:%Y%m%d}{serial:03}",
    st.sampled_from(["110105", "330102", "440524", "650102"]),
    st.dates(date(1900, 1, 1), date(2026, 3, 12)),
    st.integers(0, 999),
).map(lambda first: first + check_digit(first))


@QUICK
@given(NUMBERS, st.integers(0, 17), st.integers(1, 9))
def test_changing_any_one_digit_is_noticed(number: str, position: int, shift: int) -> None:
    assert parse(number).number == number
    if number[position] == "X":
        return
    changed = str((int(number[position]) + shift) % 10)
    with pytest.raises(IdNumberError):
        parse(number[:position] + changed + number[position + 1 :])


@QUICK
@given(NUMBERS, st.integers(0, 16))
def test_swapping_two_neighbours_is_noticed(number: str, position: int) -> None:
    swapped = number[:position] + number[position + 1] + number[position] + number[position + 2 :]
    if swapped != number:
        with pytest.raises(IdNumberError):
            parse(swapped)
