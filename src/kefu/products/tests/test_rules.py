"""The arithmetic of the catalogue, with the worked examples of Annex 4."""

from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.products.rules import (
    Bounds,
    days_of_supply,
    flag,
    lead_hours,
    merge_guides,
    order_total,
    overlaps,
    pick_range,
    spread,
)

D = Decimal


@dataclass(frozen=True)
class Range:
    sex: str
    age_from: int
    age_to: int


def test_an_order_costs_the_sum_of_prices_times_numbers():
    assert order_total([D(1800), D(2600), (D(475), 2)]) == D("5350.00")
    assert order_total([(D(298), 3), (D(560), 1)]) == D("1454.00")
    assert order_total([]) == D("0.00")


@pytest.mark.parametrize(
    ("packs", "pieces", "intake", "days"),
    [(3, 60, 4, 45), (1, 60, 2, 30), (1, 100, 3, 33), (0, 60, 2, 0), (1, 1, 2, 0)],
)
def test_packs_last_whole_days_rounded_down(packs, pieces, intake, days):
    assert days_of_supply(packs, pieces, intake) == days


def test_an_intake_of_nothing_is_refused():
    with pytest.raises(ValueError, match="intake"):
        days_of_supply(3, 60, 0)


def test_a_package_price_is_laid_over_its_items_to_the_fen():
    assert spread(D(3070), [D(475), D(680), D(980), D(1280)]) == [D("427.01"), D("611.30"), D("881.00"), D("1150.69")]
    assert spread(D("0.02"), [D(1), D(1), D(1)]) == [D("0.01"), D("0.01"), D("0.00")]
    assert spread(D("10.00"), [D(0), D(0), D(0)]) == [D("3.34"), D("3.33"), D("3.33")]


@given(
    st.integers(0, 10**9).map(lambda fen: D(fen) / 100),
    st.lists(st.integers(0, 10**7).map(lambda fen: D(fen) / 100), min_size=1, max_size=12),
)
def test_the_parts_of_a_package_always_add_up(price, weights):
    parts = spread(price, weights)
    assert sum(parts) == price
    assert min(parts) >= 0
    assert all(part == part.quantize(D("0.01")) for part in parts)


ADULT_MAN, ADULT_WOMAN = Range("male", 18, 120), Range("female", 18, 120)
CHILD, ANYBODY = Range("any", 6, 17), Range("any", 18, 120)
OLD = Range("any", 60, 120)


@pytest.mark.parametrize(
    ("sex", "age", "expected"),
    [
        ("male", 18, ADULT_MAN),
        ("female", 120, ADULT_WOMAN),
        ("male", 17, CHILD),
        ("female", 6, CHILD),
        ("female", 5, None),
        ("", 40, ANYBODY),
        ("", 60, OLD),
        ("male", 60, ADULT_MAN),
        ("male", None, None),
    ],
)
def test_the_range_of_ones_own_sex_and_age_holds(sex, age, expected):
    assert pick_range([OLD, ANYBODY, CHILD, ADULT_WOMAN, ADULT_MAN], sex, age) == expected


def test_ranges_of_one_sex_may_not_share_a_year():
    assert overlaps([Range("any", 6, 18), Range("any", 18, 40)])
    assert not overlaps([Range("any", 6, 17), Range("any", 18, 40), Range("male", 6, 40)])


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("130", "normal"),
        ("175", "normal"),
        ("150.5", "normal"),
        ("129.99", "low"),
        ("175.01", "high"),
        ("60", "low"),
        ("59.9", "critical_low"),
        ("200", "high"),
        ("200.1", "critical_high"),
    ],
)
def test_a_value_on_a_limit_is_within_it(value, expected):
    assert flag(D(value), Bounds(D(130), D(175)), Bounds(D(60), D(200))) == expected


def test_without_a_range_nothing_is_said():
    assert flag(D(1), None, Bounds(D(60), D(200))) == "none"
    assert flag(D("0.99"), Bounds(low=D("1.00"))) == "low"
    assert flag(D("9"), Bounds(low=D("1.00"))) == "normal"


@pytest.mark.parametrize(
    ("line", "hours"),
    [
        ("一个月内用过激素或免疫抑制药物的，请先告诉医生。", 720),
        ("两周内用过抗生素或益生菌的，请先告诉健康管理师。", 336),
        ("采血前 3 天清淡饮食，避免油炸食物。", 72),
        ("采样前 48 小时不饮酒；用药调整只听医生的，不要自己停药。", 48),
        ("采血前一天不饮酒，不做剧烈运动，不熬夜。", 24),
        ("采血前一晚 20:00 后不再进食，可以少量喝白开水。", 13),
        ("女士请避开月经期及前后 3 天。", 0),
        ("采血后用棉片按压 5 分钟，不要揉。", 0),
    ],
)
def test_a_line_says_how_long_before_the_sample_it_binds(line, hours):
    assert lead_hours(line) == hours


def test_merged_guides_say_each_thing_once_and_keep_the_order_of_each():
    general = ["写药名。", "采血前一晚 20:00 后不再进食。", "空腹到中心。", "按压 5 分钟。"]
    sugar = ["采血前 3 天照常吃主食。", "采血前一晚 20:00 后不再进食。", "空腹到中心。", "按压 5 分钟。"]
    assert merge_guides([general, sugar]) == [
        "采血前 3 天照常吃主食。",
        "写药名。",
        "采血前一晚 20:00 后不再进食。",
        "空腹到中心。",
        "按压 5 分钟。",
    ]
    assert merge_guides([general]) == general
    assert merge_guides([["甲", "乙"], ["乙", "甲"]]) == ["甲", "乙"]
    assert merge_guides([]) == []


@given(st.lists(st.lists(st.sampled_from("甲乙丙丁戊己庚辛"), max_size=6), max_size=4))
def test_merging_loses_and_repeats_nothing(guides):
    merged = merge_guides(guides)
    assert sorted(merged) == sorted({line for guide in guides for line in guide})
    assert merged == merge_guides(guides)
