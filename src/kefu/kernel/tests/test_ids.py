"""API ids: one spelling per key, and nothing a stranger sends can raise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.ids import MAX_KEY, ident, parse_ident
from kefu.kernel.tests.settings import QUICK


def test_a_customer_has_an_id_that_names_its_kind() -> None:
    assert ident("cus", 15) == "cus_15"
    assert parse_ident("cus_15", "cus") == 15


@pytest.mark.parametrize("key", [1, MAX_KEY])
def test_the_smallest_and_the_largest_key(key: int) -> None:
    assert parse_ident(ident("ord", key), "ord") == key


@pytest.mark.parametrize("key", [0, -1, MAX_KEY + 1])
def test_no_id_for_a_key_no_row_can_have(key: int) -> None:
    with pytest.raises(ValueError, match="not a primary key"):
        ident("cus", key)


@pytest.mark.parametrize(
    "text",
    [
        "", "15", "cus_", "cus_0", "cus_015", "cus_-15", "cus_+15", "cus_1_5", "cus_ 15", "cus_15 ", "cus_15\n",
        "cus_１５", "cus_١٥", "cus_15.0", "cus_1e3", "ord_15", "CUS_15", "cus15", "cus__15",
        f"cus_{MAX_KEY + 1}", "cus_" + "9" * 5000, None, 15, b"cus_15",
    ],
)  # fmt: skip
def test_anything_else_is_no_id(text: object) -> None:
    assert parse_ident(text, "cus") is None


@QUICK
@given(st.integers(1, MAX_KEY), st.sampled_from(["cus", "ord", "a.b", "x_y"]))
def test_reading_undoes_writing(key: int, prefix: str) -> None:
    assert parse_ident(ident(prefix, key), prefix) == key


@QUICK
@given(st.text() | st.integers().map(lambda n: f"cus_{n}"))
def test_whatever_is_accepted_is_spelt_exactly_as_written(text: str) -> None:
    key = parse_ident(text, "cus")
    assert key is None or ident("cus", key) == text
