"""Reading answers: the stored form, the faults that name their question, and what is ignored."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.questionnaires.content import shipped
from kefu.questionnaires.rules.answers import check, drafted
from kefu.questionnaires.rules.definition import read
from kefu.questionnaires.rules.flattening import flatten, outline
from kefu.questionnaires.tests.forms import MATRIX, form, options, question

INTERVIEW = read(shipped()[0][1])
REQUIRED = {
    "GOA01": "睡不好", "GOA02": "m1_6", "HIS01": ["none"], "HIS03": False, "MED01": False, "MED03": ["none"], "FAM01": ["none"],
    "DIE01": "3", "SLP01": "1", "SLP02": 7, "STR01": "1", "EXE01": "1", "LIF01": "0", "LIF02": "0",
}  # fmt: skip


def _one(kind: str, answer: object, **more: Any) -> object:
    """The stored answer, or the kind of the fault."""
    result = check(form(question("Q", kind, **more)), {"Q": answer}, {})
    return result.faults[0].kind if result.faults else result.answers.get("Q")


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        ("text", "  胀气 ", "胀气"), ("text", "   ", None), ("text", "a\x00b", "unreadable"), ("text", "字" * 2001, "too_long"),
        ("text", {"a": 1}, "unreadable"), ("number", 7, "7"), ("number", "7.50", "7.5"), ("number", 0.1, "0.1"), ("number", "-0", "0"),
        ("number", "100", "100"), ("number", "七", "not_number"), ("number", "1e3", "not_number"), ("number", float("nan"), "not_number"),
        ("number", "٧", "not_number"), ("date", "2026-03-12", "2026-03-12"), ("date", "2026-02-30", "not_date"), ("date", "12.3.2026", "not_date"),
        ("date", "20260312", "not_date"), ("bool", True, True), ("bool", "false", False), ("bool", "yes", "not_yes_or_no"), ("bool", 1, "not_yes_or_no"),
    ],
)  # fmt: skip
def test_an_answer_gets_its_stored_form_or_says_what_is_wrong(kind: str, answer: object, expected: object) -> None:
    assert _one(kind, answer) == expected


def test_numbers_keep_their_bounds() -> None:
    assert _one("number", "16", min=0, max=16) == "16"
    assert _one("number", "16.5", min=0, max=16) == "max"
    assert _one("number", -1, min=0, max=16) == "min"


def test_choices_are_from_the_list_and_an_exclusive_one_stands_alone() -> None:
    listed = {"options": options("none", "drug", "food"), "exclusive": "none"}
    assert _one("multi", ["food", "drug", "food"], **listed) == ["drug", "food"]
    assert _one("multi", ["none"], **listed) == ["none"]
    assert _one("multi", ["none", "drug"], **listed) == "exclusive"
    assert _one("multi", ["dust"], **listed) == "unknown_option"
    assert _one("multi", [], **listed) is None
    assert _one("choice", "drug", **listed) == "drug"
    assert _one("choice", "dust", **listed) == "unknown_option"
    assert _one("choice", True, **listed) == "unknown_option"


def test_a_scale_takes_its_value_as_number_or_text() -> None:
    survey = read(next(definition for _kind, definition in shipped() if definition["code"] == "visit"))
    answers = {
        "VISIT_01": 5,
        "VISIT_02": "4",
        "VISIT_03": 3.0,
        "VISIT_06": 5,
        "VISIT_07": 1,
        "VISIT_08": 5,
        "VISIT_09": 10,
    }
    result = check(survey, answers, {})
    assert result.faults == []
    assert result.answers["VISIT_03"] == "3"
    assert [fault.kind for fault in check(survey, {**answers, "VISIT_09": 11}, {}).faults] == ["unknown_option"]


def test_each_missing_required_question_is_named_in_order() -> None:
    faults = check(INTERVIEW, {}, {"sex": "male"}).faults
    assert [(fault.code, fault.kind) for fault in faults] == [(code, "required") for code in REQUIRED]


def test_a_required_question_counts_only_while_it_is_shown() -> None:
    assert check(INTERVIEW, REQUIRED, {"sex": "male"}).faults == []
    assert [fault.code for fault in check(INTERVIEW, REQUIRED, {"sex": "female"}).faults] == ["HIS05"]
    assert check(INTERVIEW, REQUIRED, {}).faults == []


def test_answers_to_hidden_questions_are_ignored_even_when_wrong() -> None:
    result = check(INTERVIEW, {**REQUIRED, "HIS05": "nonsense", "DIG01_01_F": "0", "DIG01_01_S": "3"}, {"sex": "male"})
    assert result.faults == []
    assert "HIS05" not in result.answers
    assert "DIG01_01_S" not in result.answers


def test_an_unknown_code_is_a_fault_of_its_own() -> None:
    faults = check(INTERVIEW, {**REQUIRED, "DIG01": "x", "TYPO": "1"}, {}).faults
    assert [(fault.code, fault.kind) for fault in faults] == [
        ("DIG01", "unknown_question"),
        ("TYPO", "unknown_question"),
    ]


def test_a_matrix_flattens_to_one_choice_per_cell() -> None:
    told = {row["code"]: row for row in outline(form(MATRIX, question("DIG02", show_if="DIG01.score>0")))}
    assert list(told) == ["DIG01_01_F", "DIG01_01_S", "DIG01_02_F", "DIG01_02_S", "DIG02"]
    assert told["DIG01_01_F"]["type"] == "choice"
    assert told["DIG01_01_F"]["options"] == ["0", "1", "2", "3", "4"]
    assert told["DIG01_01_F"]["show_if"] is None
    assert told["DIG01_01_S"]["show_if"] == "DIG01_01_F>0"
    assert told["DIG02"]["show_if"] == "DIG01.score>0"


def test_a_matrix_with_a_condition_hides_its_cells() -> None:
    asked = form(question("A", "bool"), {**MATRIX, "show_if": "A=true"})
    assert check(asked, {"A": False, "DIG01_01_F": "1"}, {}).shown == ["A"]
    assert check(asked, {"A": True}, {}).shown == ["A", "DIG01_01_F", "DIG01_02_F"]


def test_the_shipped_interview_flattens_as_the_interface_says() -> None:
    told = {row["code"]: row for row in outline(INTERVIEW)}
    assert len(told) == 158
    assert told["SLP02"] == {"code": "SLP02", "type": "number", "required": True, "options": [], "show_if": None, "min": 0, "max": 16,
                             "exclusive": None, "section": "SLP", "zh": "每晚睡几个小时？", "en": "Hours of sleep?"}  # fmt: skip
    assert told["HIS01"]["exclusive"] == "none"
    assert told["HIS05"]["show_if"] == "sex=female"
    assert {row["type"] for row in told.values()} == {"choice", "multi", "number", "text", "date", "bool"}


def test_a_draft_keeps_everything_typed_right_or_wrong_shown_or_not() -> None:
    typed = {
        "GOA01": "",
        "SLP02": "七",
        "HIS04": "阑尾",
        "HIS01": ["none", "lipid"],
        "MED01": True,
        "TYPO": "x",
        "GOA02": None,
    }
    assert drafted(INTERVIEW, typed) == {"HIS01": ["none", "lipid"], "HIS04": "阑尾", "MED01": True, "SLP02": "七"}


RAW = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), st.lists(st.text(max_size=5), max_size=4),
                st.sampled_from(["0", "1", "2", "3", "true", "none", "regular", "2026-01-05", "lt1m"]))  # fmt: skip
CODES = [item.code for item in flatten(INTERVIEW)]


@given(st.dictionaries(st.sampled_from(CODES), RAW, max_size=25), st.sampled_from(["female", "male", ""]))
def test_whatever_is_given_checking_is_stable_and_asks_only_what_is_shown(answers: dict[str, object], sex: str) -> None:
    facts = {"sex": sex}
    first = check(INTERVIEW, answers, facts)
    assert set(first.answers) <= set(first.shown)
    assert {fault.code for fault in first.faults} <= set(first.shown)
    again = check(INTERVIEW, first.answers, facts)
    assert again.answers == first.answers
    assert again.shown == first.shown
    hidden = {code: "nonsense" for code in CODES if code not in first.shown}
    assert check(INTERVIEW, {**answers, **hidden}, facts) == first
    assert check(INTERVIEW, drafted(INTERVIEW, first.answers), facts).answers == first.answers
