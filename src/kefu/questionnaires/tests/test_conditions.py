"""What a condition means, operator by operator."""

import pytest

from kefu.questionnaires.rules.answers import check
from kefu.questionnaires.rules.conditions import holds, parse
from kefu.questionnaires.tests.forms import MATRIX, form, options, question

ANSWERS = {"HIS01": ["hypertension", "lipid"], "HIS03": True, "SLP02": "7.5", "STR01": "2", "sex": "female"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("HIS03=true", True), ("HIS03=false", False), ("HIS03!=false", True), ("STR01=0,2", True), ("STR01=0,1", False),
        ("STR01>=2", True), ("STR01>=3", False), ("STR01<=2", True), ("STR01<=1", False), ("STR01>1", True), ("STR01<2", False),
        ("SLP02>=7.5", True), ("SLP02>7.5", False), ("HIS01=lipid", True), ("HIS01=none", False), ("HIS01!=none", True),
        ("HIS01!=lipid", False), ("sex=female", True), ("sex=male", False), (" STR01 >= 2 ", True),
    ],
)  # fmt: skip
def test_a_condition_compares_what_was_answered(text: str, expected: bool) -> None:
    assert holds(parse(text), ANSWERS, lambda code: None) is expected


@pytest.mark.parametrize("text", ["X=1", "X!=1", "X>=0", "X<=9", "X>0", "X<9", "X.score>0", "X.score<9"])
def test_a_condition_on_an_unanswered_question_is_false(text: str) -> None:
    assert not holds(parse(text), {}, lambda code: None)


def test_a_score_is_compared_as_a_number() -> None:
    assert holds(parse("DIG01.score>11"), {}, {"DIG01": 12}.get)
    assert not holds(parse("DIG01.score>12"), {}, {"DIG01": 12}.get)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "HIS03",
        "=true",
        "HIS03=",
        "A>b",
        "A>=1,2",
        "A!=1,2",
        "A=1,,2",
        "A==1",
        "A=1=2",
        "1A=2",
        "A.b=1",
        "Ａ=1",
        "A>１",
    ],
)
def test_anything_else_is_not_a_condition(text: str) -> None:
    with pytest.raises(ValueError, match="condition"):
        parse(text)


def test_an_answer_to_a_hidden_question_satisfies_no_condition() -> None:
    chain = form(
        question("A", "bool"),
        question("B", "bool", show_if="A=true"),
        question("C", "text", required=True, show_if="B=true"),
    )
    shown = check(chain, {"A": "false", "B": "true", "C": ""}, {})
    assert shown.shown == ["A"]
    assert shown.answers == {"A": False}
    assert shown.faults == []


def test_the_score_of_a_matrix_shows_the_question_after_it() -> None:
    asked = form(MATRIX, question("DIG02", show_if="DIG01.score>0"))
    assert "DIG02" not in check(asked, {"DIG01_01_F": "0"}, {}).shown
    assert "DIG02" in check(asked, {"DIG01_01_F": "1", "DIG01_01_S": "1"}, {}).shown


def test_a_single_choice_scores_too() -> None:
    scored = [{"value": str(n), "zh": str(n), "score": n} for n in range(3)]
    asked = form(
        question("A", "choice", options=scored),
        question("B", show_if="A.score>1"),
        question("C", "choice", options=options("x", "y")),
    )
    assert check(asked, {"A": "2"}, {}).shown == ["A", "B", "C"]
    assert check(asked, {"A": "1"}, {}).shown == ["A", "C"]
