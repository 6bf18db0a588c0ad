"""What keeps a draft from being published."""

from __future__ import annotations

import pytest

from kefu.questionnaires.content import shipped
from kefu.questionnaires.rules.definition import Definition, DefinitionError, read
from kefu.questionnaires.rules.publishing import flaws
from kefu.questionnaires.tests.forms import BANDS, MATRIX, definition, form, options, question


def _kinds(asked: Definition, *earlier: Definition) -> list[tuple[str, str]]:
    return [(flaw.code, flaw.kind) for flaw in flaws(asked, earlier)]


@pytest.mark.parametrize("code", [found["code"] for _kind, found in shipped()])
def test_the_shipped_questionnaires_have_no_flaw(code: str) -> None:
    found = read(next(found for _kind, found in shipped() if found["code"] == code))
    assert flaws(found, [found]) == []


def test_a_condition_refers_to_an_earlier_question() -> None:
    later = form(question("A", show_if="B=true"), question("B", "bool"))
    assert _kinds(later) == [("A", "condition_later")]
    assert _kinds(form(question("A", show_if="A=x"))) == [("A", "condition_later")]
    assert _kinds(form(question("DIG02", show_if="DIG01.score>0"), MATRIX)) == [("DIG02", "condition_later")]


def test_a_condition_speaks_of_options_that_exist() -> None:
    chosen = question("A", "choice", options=options("x", "y"))
    assert _kinds(form(chosen, question("B", show_if="A=x,z"))) == [("B", "condition_value")]
    assert _kinds(form(chosen, question("B", show_if="A.score>1"))) == [("B", "condition_unscored")]
    assert _kinds(form(chosen, question("B", show_if="A ist x"))) == [("B", "condition_form")]
    assert _kinds(form(question("A", "bool"), question("B", show_if="A=ja"))) == [("B", "condition_value")]
    assert _kinds(form(MATRIX, question("B", show_if="DIG01_01_F>0"))) == []


def test_codes_are_unique_even_between_questions_rows_and_cells() -> None:
    assert _kinds(form(question("A"), question("A"))) == [("A", "code_twice")]
    assert _kinds(form(question("DIG01_01_F"), MATRIX)) == [("DIG01_01_F", "code_twice")]


def test_a_removed_code_is_not_given_to_another_question() -> None:
    first, without = form(question("A"), question("B")), form(question("A"))
    other = form(question("A"), {**question("B"), "zh": "别的意思"})
    assert _kinds(other, first, without) == [("B", "code_other_meaning")]
    assert _kinds(form(question("A"), question("B")), first, without) == []
    assert _kinds(other, first) == []  # while it is in use its wording may be mended
    assert _kinds(form(question("A"), question("B", "bool")), first) == [("B", "code_other_type")]


def test_options_bands_words_and_matrices_are_complete() -> None:
    assert _kinds(form(question("A", "choice", options=options("x")))) == [("A", "too_few_options")]
    assert _kinds(form(question("A", "choice", options=options("x", "x")))) == [("A", "option_twice")]
    assert _kinds(form(question("A", "choice", options=options("x", "y,z")))) == [("A", "option_form")]
    assert _kinds(form(question("A", "multi", options=options("x", "y"), exclusive="z"))) == [
        ("A", "exclusive_unknown")
    ]
    assert _kinds(form(question("A", "number", min=5, max=4))) == [("A", "limits")]
    assert _kinds(form({**question("A"), "zh": ""})) == [("A", "no_words")]
    assert _kinds(form({**question("A"), "section": "XXX"})) == [("A", "no_section")]
    assert _kinds(form({**MATRIX, "rows": []})) == [("", "no_questions"), ("DIG01", "empty_matrix")]
    assert _kinds(form({**MATRIX, "score": "sum(frequency)"})) == [("DIG01", "formula")]
    assert _kinds(form(question("A"), score_bands=BANDS[:2])) == [("green", "band_gap")]
    assert _kinds(form()) == [("", "no_questions")]


def test_an_alert_needs_a_condition_and_words() -> None:
    assert _kinds(form(question("A", "bool"), alerts=[{"code": "x", "when": "", "zh": ""}])) == [
        ("x", "condition_form"),
        ("x", "no_words"),
    ]
    assert _kinds(form(question("A", "bool"), alerts=[{"code": "x", "when": "A=true", "zh": "注意"}])) == []


@pytest.mark.parametrize("broken", [
    {}, {"sections": [], "questions": [{"code": "A"}]}, definition(question("a")), definition(question("A", "essay")),
    definition(question("A", "scale", scale="none")), definition(question("A", "number", min="viel")), definition({**question("A"), "zh": 5}),
])  # fmt: skip
def test_what_is_no_definition_is_refused(broken: dict[str, object]) -> None:
    with pytest.raises(DefinitionError):
        read(broken)
