"""What a value says against its limits, exactly (Annex 4; LAB-007)."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from kefu.lab.rules.identity import mismatches, same_name
from kefu.lab.rules.results import changed_much, is_late, judge, panel, same_unit
from kefu.products.rules import Bounds

D = Decimal
RANGE = Bounds(D("3.90"), D("6.10"))
CRITICAL = Bounds(D("2.80"), D("22.20"))
NONE = Bounds()


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("3.90", "normal"), ("6.10", "normal"), ("6.1", "normal"), ("5.00", "normal"),
        ("3.89", "low"), ("6.11", "high"), ("2.80", "low"), ("22.20", "high"),
        ("2.79", "critical_low"), ("22.21", "critical_high"), ("0", "critical_low"),
    ],
)  # fmt: skip
def test_a_value_equal_to_a_limit_is_within_it(value, flag):
    assert judge(D(value), "", RANGE, CRITICAL) == flag


@pytest.mark.parametrize(
    ("comparator", "value", "limits", "flag"),
    [
        ("<", "3.90", RANGE, "low"), ("<", "3.91", RANGE, "none"), ("<", "2.80", RANGE, "critical_low"),
        (">", "6.10", RANGE, "high"), (">", "6.00", RANGE, "none"), (">", "22.20", RANGE, "critical_high"),
        ("<=", "3.90", RANGE, "none"), ("<=", "3.89", RANGE, "low"), (">=", "6.10", RANGE, "none"), (">=", "6.11", RANGE, "high"),
        ("<", "0.5", Bounds(None, D("5.7")), "critical_low"), ("<", "5.7", Bounds(None, D("5.7")), "normal"),
        (">", "1000", Bounds(D("1.0"), None), "critical_high"), (">", "5", Bounds(D("1.0"), None), "normal"),
    ],
)  # fmt: skip
def test_a_sign_says_only_what_it_says(comparator, value, limits, flag):
    assert judge(D(value), comparator, limits, CRITICAL) == flag


def test_without_a_range_nothing_is_said_but_critical_limits_hold():
    assert judge(D("5"), "", None, NONE) == "none"
    assert judge(D("23"), "", None, CRITICAL) == "critical_high"
    assert judge(None, "", RANGE, CRITICAL) == "none"


@pytest.mark.parametrize(
    ("ours", "theirs", "same"),
    [
        ("μmol/L", "umol/L", True), ("μmol/L", "µmol/l", True), ("10^9/L", "10*9/L", True), ("10^9/L", "×10⁹/L", True),
        ("mmol/L", "", True), ("", "g/L", True), ("mmol/mol Cr", "mmol/molCr", True),
        ("mmol/L", "mg/dL", False), ("g/L", "mg/L", False), ("10^9/L", "10^12/L", False),
    ],
)  # fmt: skip
def test_units_are_compared_apart_from_spelling(ours, theirs, same):
    assert same_unit(ours, theirs) is same


def test_a_panel_is_complete_when_every_analyte_counts_or_was_given_up():
    assert panel(["A", "B"], {"A": ["final"]}).missing == ("B",)
    assert panel(["A", "B"], {"A": ["final"], "B": ["preliminary"]}).missing == ("B",)
    assert panel(["A", "B"], {"A": ["final"], "B": ["withdrawn"]}).missing == ("B",)
    assert panel(["A"], {"A": ["final", "preliminary"]}).missing == ("A",)
    done = panel(["A", "B"], {"A": ["corrected"], "B": ["cancelled"]})
    assert (done.complete, done.cancelled) == (True, False)
    assert panel(["A", "B"], {"A": ["cancelled"], "B": ["cancelled"]}).cancelled


def test_what_was_written_before_never_replaces_what_is_here():
    ten, eleven = datetime(2026, 11, 24, 10, tzinfo=UTC), datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert is_late(ten, "corrected", eleven, "final")
    assert not is_late(eleven, "final", ten, "corrected")
    assert not is_late(ten, "corrected", ten, "final")
    assert is_late(ten, "preliminary", ten, "final")
    assert not is_late(None, "corrected", eleven, "final")


@pytest.mark.parametrize(
    ("now", "before", "much"), [("12", "10", False), ("12.01", "10", True), ("7.9", "10", True), ("5", None, False)]
)
def test_more_than_a_fifth_away_from_last_time(now, before, much):
    assert changed_much(D(now), D(before) if before else None) is much


@pytest.mark.parametrize(
    ("sent", "ours", "same"),
    [
        (["欧阳听澜"], "欧阳听澜", True), (["ＬＩ  lei"], "Li Lei", True), (["OUYANG TINGLAN", "欧阳听澜"], "欧阳听澜", True),
        (["阿卜杜•热西提"], "阿卜杜·热西提", True), (["欧阳听兰"], "欧阳听澜", False), ([], "欧阳听澜", False), ([""], "", False),
        (["OUYANG TINGLAN"], "欧阳听澜", False),
    ],
)  # fmt: skip
def test_the_name_always_counts(sent, ours, same):
    assert same_name(sent, ours) is same


def test_what_differs_between_the_message_and_the_archive():
    born = datetime(1986, 4, 5, tzinfo=UTC).date()
    told = {"name": "程望舒", "born": born, "customer_sex": "female"}
    assert mismatches(["程望舒"], born, "female", **told) == []
    assert mismatches(["程望舒"], None, "unknown", **told) == []
    assert mismatches(["程望舒"], born.replace(day=6), "male", **told) == ["birth_date", "sex"]
    assert mismatches(["程望舒"], born, "other", name="程望舒", born=None, customer_sex="") == []
