"""Which lot leaves first, with the worked example of Annex 4."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.kernel.months import add_months
from kefu.stock.rules import (
    Shelf,
    allocate,
    band,
    expired,
    in_order,
    left_at_expiry,
    long_enough,
)

TODAY = date(2027, 3, 1)
JUNE, SEPTEMBER = date(2027, 6, 30), date(2027, 9, 30)


def shelf(lot, quantity, expiry, received_on=date(2027, 1, 4)):
    return Shelf(lot * 10, lot, 1, quantity, expiry, received_on)


def test_thirty_of_a_june_and_a_september_lot_are_twelve_and_eighteen():
    ordered = in_order([shelf(1, 40, SEPTEMBER), shelf(2, 12, JUNE)], "fefo")
    assert [(take.shelf.lot_id, take.packs) for take in allocate(ordered, 30)] == [(2, 12), (1, 18)]


def test_dated_goods_leave_by_expiry_then_receipt_and_undated_ones_by_receipt():
    old, new = date(2027, 1, 4), date(2027, 2, 1)
    lots = [shelf(1, 1, None, old), shelf(2, 1, JUNE, new), shelf(3, 1, JUNE, old), shelf(4, 1, SEPTEMBER, old)]
    assert [one.lot_id for one in in_order(lots, "fefo")] == [3, 2, 4, 1]
    assert [one.lot_id for one in in_order(lots, "fifo")] == [3, 4, 1, 2]


def test_what_does_not_suffice_is_taken_as_far_as_it_goes():
    assert [take.packs for take in allocate([shelf(1, 2, JUNE), shelf(2, 0, JUNE), shelf(3, 1, JUNE)], 9)] == [2, 1]
    assert allocate([], 3) == []
    assert allocate([shelf(1, 2, JUNE)], 0) == []


def test_goods_are_good_through_their_expiry_day():
    assert not expired(TODAY, TODAY)
    assert expired(TODAY - timedelta(days=1), TODAY)
    assert not expired(None, TODAY)


@pytest.mark.parametrize(
    ("expiry", "expected"),
    [
        (None, "undated"),
        (date(2027, 2, 28), "expired"),
        (date(2027, 3, 1), "urgent"),
        (date(2027, 3, 31), "urgent"),
        (date(2027, 4, 1), "soon"),
        (date(2027, 5, 30), "soon"),
        (date(2027, 5, 31), "later"),
    ],
)
def test_the_bands_of_thirty_and_ninety_days(expiry, expected):
    assert band(expiry, TODAY, 30, 90) == expected


def test_months_end_where_the_month_ends():
    assert add_months(date(2026, 8, 31), 6) == date(2027, 2, 28)
    assert add_months(date(2027, 8, 31), 6) == date(2028, 2, 29)
    assert add_months(date(2026, 11, 23), 0) == date(2026, 11, 23)
    assert long_enough(date(2027, 5, 23), date(2026, 11, 23), 6)
    assert not long_enough(date(2027, 5, 22), date(2026, 11, 23), 6)
    assert long_enough(None, date(2026, 11, 23), 6)


def test_what_the_pace_does_not_use_before_expiry_is_left_over():
    assert left_at_expiry([(20, 9)], Decimal(1)) == [10]
    assert left_at_expiry([(20, 9), (30, 30)], Decimal(1)) == [10, 9]
    assert left_at_expiry([(20, 9), (30, 30)], Decimal(0)) == [20, 30]
    assert left_at_expiry([(5, 30), (5, 60)], Decimal("0.5")) == [0, 0]


lots = st.lists(
    st.tuples(st.integers(0, 50), st.none() | st.dates(TODAY, SEPTEMBER), st.dates(date(2026, 1, 1), TODAY)),
    max_size=12,
)


@given(lots, st.integers(0, 300), st.sampled_from(["fefo", "fifo"]))
def test_nothing_is_taken_twice_and_no_later_lot_before_an_earlier_is_empty(rows, wanted, policy):
    shelves = [Shelf(n, n, 1, quantity, expiry, received) for n, (quantity, expiry, received) in enumerate(rows)]
    ordered = in_order(shelves, policy)
    takes = allocate(ordered, wanted)
    assert sum(take.packs for take in takes) == min(wanted, sum(one.quantity for one in shelves))
    assert [take.shelf for take in takes] == [one for one in ordered if one.quantity][: len(takes)]
    assert all(take.packs == take.shelf.quantity for take in takes[:-1])
    assert all(0 < take.packs <= take.shelf.quantity for take in takes)
