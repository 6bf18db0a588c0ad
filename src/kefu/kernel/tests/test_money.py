"""Money: one rounding, halves away from zero, and amounts as they are printed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.money import line_total, show, total, yuan
from kefu.kernel.tests.settings import QUICK

AMOUNTS = st.decimals(min_value=-(10**9), max_value=10**9, allow_nan=False, allow_infinity=False, places=4)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        ("0.005", "0.01"), ("0.015", "0.02"), ("0.025", "0.03"), ("2.675", "2.68"), ("-0.005", "-0.01"),
        ("12.6666666667", "12.67"), ("0.0049", "0.00"), ("5350", "5350.00"),
    ],
)  # fmt: skip
def test_halves_go_away_from_zero(value: str, rounded: str) -> None:
    assert str(yuan(value)) == rounded


def test_there_is_no_negative_zero() -> None:
    assert str(yuan("-0.001")) == "0.00"
    assert show(Decimal("-0.004")) == "¥0.00"


@pytest.mark.parametrize("value", [0.1, 5.0, True])
def test_a_float_is_refused_because_it_has_already_lost_the_amount(value: object) -> None:
    with pytest.raises(TypeError):
        yuan(value)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", ["", "一百", "NaN", "Infinity", "-Infinity", "1,000", "1e40"])
def test_what_is_no_amount_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match="not an amount of money"):
        yuan(value)


def test_a_test_order_adds_up() -> None:
    assert total([(1800, 1), (2600, 1), (Decimal("475"), 2)]) == Decimal("5350.00")


def test_a_product_order_adds_up() -> None:
    assert total([(298, 3), (560, 1)]) == Decimal("1454.00")


def test_an_empty_order_costs_nothing() -> None:
    assert str(total([])) == "0.00"


def test_the_total_is_the_sum_of_the_lines_as_printed() -> None:
    lines = [(Decimal("0.335"), 1), (Decimal("0.335"), 1)]
    assert [line_total(*line) for line in lines] == [Decimal("0.34"), Decimal("0.34")]
    assert total(lines) == Decimal("0.68")


def test_amounts_and_priced_lines_mix() -> None:
    assert total([Decimal("10.5"), (Decimal("2.25"), 2), -5]) == Decimal("10.00")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Decimal("5350"), "¥5,350.00"), (0, "¥0.00"), (Decimal("1234567.8"), "¥1,234,567.80"),
        (Decimal("-120"), "−¥120.00"), (Decimal("-0.5"), "−¥0.50"), (Decimal("999.995"), "¥1,000.00"),
    ],
)  # fmt: skip
def test_amounts_are_shown_with_thousands_and_a_real_minus(amount: Decimal, text: str) -> None:
    assert show(amount) == text


@QUICK
@given(AMOUNTS)
def test_rounding_moves_by_half_a_fen_at_most_and_rounding_again_changes_nothing(amount: Decimal) -> None:
    rounded = yuan(amount)
    assert abs(rounded - amount) <= Decimal("0.005")
    assert yuan(rounded) == rounded
    assert yuan(-amount) == -rounded


@QUICK
@given(st.lists(AMOUNTS, max_size=8))
def test_the_order_of_the_lines_does_not_matter(amounts: list[Decimal]) -> None:
    assert total(amounts) == total(reversed(amounts)) == sum((yuan(one) for one in amounts), Decimal(0))
