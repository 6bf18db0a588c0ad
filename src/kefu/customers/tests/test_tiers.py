"""From what was measured to five tiers: the rules, without tables (CUS-018, CUS-040)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.customers.choices import Tier
from kefu.customers.tiers import Shares, behind, marks_of, percentile, rises, score_of, tiers_of, untapped, weighed

SHARES = Shares(vip=20, main=30, ordinary=30, growth=50)
COLUMN = st.lists(st.integers(0, 50), min_size=1, max_size=60)


@pytest.mark.req("CUS-018")
@pytest.mark.parametrize(("many", "vips"), [(250, 50), (1, 1), (4, 1), (5, 1), (6, 2), (0, 0)])
def test_a_fifth_are_vips_rounded_up(many, vips):
    tiers = tiers_of(list(range(many)), [False] * many, SHARES)
    assert tiers.count(Tier.VIP) == vips
    assert tiers[many - vips :] == [Tier.VIP] * vips


def test_the_best_of_ten_down_to_the_last():
    tiers = tiers_of([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], [False] * 10, SHARES)
    assert tiers == [Tier.VIP] * 2 + [Tier.MAIN] * 3 + [Tier.ORDINARY] * 3 + [Tier.GENERAL] * 2


def test_who_rises_below_the_vips_is_a_potential_vip_but_not_the_last():
    tiers = tiers_of([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], [True] * 10, SHARES)
    assert tiers == [Tier.VIP] * 2 + [Tier.POTENTIAL] * 6 + [Tier.GENERAL] * 2


def test_of_equal_ones_the_earlier_customer_goes_first():
    assert tiers_of([7] * 5, [False] * 5, SHARES) == [Tier.VIP, Tier.MAIN, Tier.MAIN, Tier.ORDINARY, Tier.GENERAL]


def test_shares_beyond_a_hundred_leave_nobody_out():
    assert tiers_of([3, 2, 1], [False] * 3, Shares(60, 60, 60, 50)) == [Tier.VIP, Tier.VIP, Tier.MAIN]


@pytest.mark.parametrize(
    ("now", "before", "rising"),
    [(150, 100, True), (149, 100, False), (1, 0, False), (0, 0, False), (100, 200, False)],
)
def test_rising_is_so_many_percent_more(now, before, rising):
    assert rises(now, before, 50) is rising


def test_nobody_rises_without_more_even_where_no_percent_is_asked():
    assert not rises(100, 100, 0)


@pytest.mark.parametrize(
    ("values", "percent", "value"), [([], 50, 0), ([7], 75, 7), ([4, 1, 3, 2], 50, 2), ([4, 1, 3, 2], 75, 3)]
)
def test_a_percentile_is_one_of_the_values(values, percent, value):
    assert percentile(values, percent) == value


@pytest.mark.req("CUS-040", part="figures and trend")
def test_what_can_be_tapped_is_what_is_missing_to_the_middle_of_the_tier_above():
    marks = marks_of({
        Tier.VIP: [1000, 2000, 3000, 4000, 5000], Tier.MAIN: [500, 700, 900], Tier.ORDINARY: [100], Tier.GENERAL: [0, 0], Tier.POTENTIAL: [600],
    })  # fmt: skip
    assert marks == {Tier.VIP: 4000, Tier.MAIN: 3000, Tier.POTENTIAL: 3000, Tier.ORDINARY: 700, Tier.GENERAL: 100}
    assert (untapped(1500, 2000), untapped(2500, 2000)) == (500, 0)


def test_where_the_tier_above_is_empty_the_one_above_it_is_the_mark():
    assert marks_of({Tier.VIP: [900], Tier.ORDINARY: [], Tier.MAIN: [], Tier.GENERAL: [0]})[Tier.GENERAL] == 900


def test_points_run_from_nothing_to_a_hundred():
    assert behind([5, 5, 9]) == [0, 0, 2]
    sums = weighed([[1, 2, 3], [0, 0, 7]], [10, 5])
    assert sums == [0, 10, 30]
    assert [score_of(each, [10, 5], 3) for each in sums] == [0, 3333, 10000]
    assert score_of(0, [10], 1) == 0
    assert score_of(0, [0], 3) == 0


@pytest.mark.req("CUS-018")
@given(sums=COLUMN, share=st.integers(0, 100), data=st.data())
def test_exactly_the_share_rounded_up_are_vips_and_none_is_worse_than_another(sums, share, data):
    rising = data.draw(st.lists(st.booleans(), min_size=len(sums), max_size=len(sums)))
    tiers = tiers_of(sums, rising, Shares(share, 10, 10, 50))
    vips = [each for each, tier in zip(sums, tiers, strict=True) if tier == Tier.VIP]
    others = [each for each, tier in zip(sums, tiers, strict=True) if tier != Tier.VIP]
    assert len(vips) == -(-len(sums) * share // 100)
    assert not vips or not others or min(vips) >= max(others)


@given(column=COLUMN, more=st.integers(1, 60), weight=st.integers(0, 20), data=st.data())
def test_more_of_one_metric_never_lowers_the_score(column, more, weight, data):
    one = data.draw(st.integers(0, len(column) - 1))
    other = data.draw(st.lists(st.integers(0, 50), min_size=len(column), max_size=len(column)))
    better = [each + more if place == one else each for place, each in enumerate(column)]
    assert weighed([better, other], [weight, 3])[one] >= weighed([column, other], [weight, 3])[one]
