"""Scores by system, bands, alerts, satisfaction: exact values."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.questionnaires.content import shipped
from kefu.questionnaires.rules.answers import check
from kefu.questionnaires.rules.definition import read
from kefu.questionnaires.rules.scores import Satisfaction, alerts, band_of, satisfaction, section_scores
from kefu.questionnaires.tests.forms import MATRIX, form

DEFINITIONS = {definition["code"]: read(definition) for _kind, definition in shipped()}
INTERVIEW, VISIT, PHONE = (DEFINITIONS[code] for code in ("interview", "visit", "phone_product"))


@pytest.mark.req("JRN-004", part="scores")
def test_a_system_scores_frequency_times_severity_over_its_rows() -> None:
    answers = {"DIG01_01_F": "4", "DIG01_01_S": "3", "DIG01_02_F": "2", "DIG01_02_S": "1", "DIG01_03_F": "0"}
    digestive = section_scores(INTERVIEW, answers)[0]
    assert digestive.as_json() == {
        "section": "DIG", "score": 14, "maximum": 72, "percent": "19.4", "band": "green", "answered": 3, "incomplete": 0,
    }  # fmt: skip


def test_systems_come_in_the_order_of_the_sections_and_without_answers_have_no_band() -> None:
    scores = section_scores(INTERVIEW, {"EMO01_01_F": "4", "EMO01_01_S": "3"})
    assert [score.section for score in scores] == ["DIG", "CAR", "RES", "IMM", "END", "NEU", "MSK", "SKN", "URO", "EMO"]
    assert [(score.section, score.band, score.percent) for score in scores if score.band] == [("EMO", "yellow", "20.0")]


def test_a_frequency_without_a_severity_counts_nothing_and_is_told() -> None:
    score = section_scores(form(MATRIX), {"DIG01_01_F": "4", "DIG01_02_F": "1", "DIG01_02_S": "2"})[0]
    assert (score.score, score.maximum, score.answered, score.incomplete) == (2, 24, 2, 1)


@pytest.mark.parametrize(
    ("score", "band"), [(0, "green"), (19, "green"), (20, "yellow"), (44, "yellow"), (45, "red"), (100, "red")]
)
def test_a_lower_bound_belongs_to_its_band(score: int, band: str) -> None:
    found = band_of(INTERVIEW, score, 100)
    assert found is not None
    assert found.code == band


def test_bands_are_judged_on_the_exact_share_not_on_the_rounded_percent() -> None:
    almost = band_of(INTERVIEW, 19_996, 100_000)  # shows as 20.0
    assert almost is not None
    assert almost.code == "green"
    assert band_of(INTERVIEW, 0, 0) is None


def test_alerts_are_raised_by_single_answers_in_their_configured_order() -> None:
    answers = check(
        INTERVIEW,
        {"EMO01_01_F": "1", "EMO01_01_S": "3", "CAR01_02_F": "1", "CAR01_02_S": "3", "HIS05": "pregnant"},
        {"sex": "female"},
    )
    assert [alert.code for alert in alerts(INTERVIEW, answers.answers, {"sex": "female"})] == [
        "chest",
        "mood",
        "pregnant",
    ]
    assert alerts(INTERVIEW, {"CAR01_02_F": "1", "CAR01_02_S": "2"}, {}) == []


@pytest.mark.req("SAT-001", part="rate")
def test_the_rate_counts_satisfied_over_valid_answers() -> None:
    answers = {
        "VISIT_01": "5",
        "VISIT_02": "4",
        "VISIT_03": "3",
        "VISIT_04": "0",
        "VISIT_07": "1",
        "VISIT_08": "2",
        "VISIT_09": "10",
    }
    counted = satisfaction(VISIT, answers)
    assert (counted.satisfied, counted.valid) == (3, 5)
    assert counted.rate == Decimal("60.0")


@pytest.mark.req("SAT-001", part="rate")
def test_an_answer_that_is_not_valid_never_counts_even_if_it_is_judged() -> None:
    question = VISIT.question("VISIT_01")
    options = tuple(replace(one, satisfied=False) if one.value == "0" else one for one in question.options)
    judged = replace(
        VISIT, questions=tuple(replace(one, options=options) if one is question else one for one in VISIT.questions)
    )
    unused = next(option for option in judged.question("VISIT_01").options if option.value == "0")
    assert (unused.valid, unused.satisfied) == (False, False)
    assert satisfaction(judged, {"VISIT_01": "0", "VISIT_02": "5"}) == Satisfaction(1, 1)


def test_a_choice_may_be_judged_option_by_option() -> None:
    assert satisfaction(PHONE, {"PHONE_PRODUCT_04": "sometimes", "PHONE_PRODUCT_05": "0"}) == Satisfaction(1, 2)


@pytest.mark.req("SAT-001", part="rate")
def test_thirty_and_eight_of_forty_two_are_ninety_and_a_half_percent() -> None:
    assert Satisfaction(30 + 8, 42).rate == Decimal("90.5")
    assert Satisfaction().rate is None


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 3)), min_size=2, max_size=2))
def test_a_score_never_leaves_its_range_and_always_has_a_band(rows: list[tuple[int, int]]) -> None:
    given = {
        f"DIG01_0{n}_{column}": str(value)
        for n, row in enumerate(rows, 1)
        for column, value in zip("FS", row, strict=True)
    }
    score = section_scores(form(MATRIX), check(form(MATRIX), given, {}).answers)[0]
    assert score.score == sum(frequency * severity for frequency, severity in rows)
    assert 0 <= score.score <= score.maximum == 24
    assert score.band in {"green", "yellow", "red"}


@given(st.integers(0, 500), st.integers(0, 500), st.integers(0, 500), st.integers(0, 500))
def test_sheets_are_added_up_before_the_rate_is_taken(a: int, b: int, c: int, d: int) -> None:
    total = Satisfaction(min(a, b), max(a, b)) + Satisfaction(min(c, d), max(c, d))
    assert total.rate is None or 0 <= total.rate <= 100
    assert (total.satisfied, total.valid) == (min(a, b) + min(c, d), max(a, b) + max(c, d))
