"""What keeps a draft from being published: conditions that look forward, codes used twice or with another meaning, missing words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kefu.questionnaires.rules.conditions import FACTS, Condition, parse
from kefu.questionnaires.rules.definition import CODE, Definition, Question
from kefu.questionnaires.rules.flattening import Item, flatten, items_of

CHOOSING = ("choice", "multi", "scale")


@dataclass(frozen=True)
class Flaw:
    """One thing to mend; `code` is the question (or alert, section, band) and `detail` what is meant in it."""

    code: str
    kind: str
    detail: str = ""


def flaws(definition: Definition, earlier: Sequence[Definition] = ()) -> list[Flaw]:
    """Everything that keeps a draft from being published, in the order of the questions.

    `earlier` are all versions published before, oldest first.
    """
    found = [*_codes(definition), *_sections(definition), *_bands(definition)]
    before: dict[str, Item] = {}
    for question in definition.questions:
        found += [*_words(question), *_choices(question), *_matrix(question), *_limits(question)]
        found += _condition(question.code, question.show_if, before, definition)
        before.update((item.code, item) for item in items_of(question))
    for alert in definition.alerts:
        found += _condition(alert.code, alert.when, before, definition, mandatory=True)
        if not alert.zh:
            found.append(Flaw(alert.code, "no_words"))
    return found + list(_reused(definition, earlier))


def _codes(definition: Definition) -> Iterator[Flaw]:
    cells = [item.code for item in flatten(definition)]
    matrices = [question.code for question in definition.questions if question.type == "matrix"]
    rows = [row.code for question in definition.questions for row in question.rows]
    names = Counter([*cells, *matrices, *rows])
    yield from (Flaw(code, "code_twice") for code, times in names.items() if times > 1)
    yield from (Flaw(code, "code_form") for code in [*rows, *cells] if not CODE.fullmatch(code))
    if not cells:
        yield Flaw("", "no_questions")


def _sections(definition: Definition) -> Iterator[Flaw]:
    known = Counter(section.code for section in definition.sections)
    yield from (Flaw(code, "section_twice") for code, times in known.items() if times > 1)
    yield from (Flaw(section.code, "no_words") for section in definition.sections if not section.zh)
    for question in definition.questions:
        if question.section not in known:
            yield Flaw(question.code, "no_section", question.section)


def _bands(definition: Definition) -> Iterator[Flaw]:
    if not definition.bands:
        return
    ordered = sorted(definition.bands, key=lambda band: band.low)
    ends = [band.high for band in ordered]
    if ordered[0].low != 0 or ends[-1] != 100 or [band.low for band in ordered[1:]] != ends[:-1]:
        yield Flaw(ordered[0].code, "band_gap")


def _words(question: Question) -> Iterator[Flaw]:
    if not question.zh:
        yield Flaw(question.code, "no_words")


def _choices(question: Question) -> Iterator[Flaw]:
    if question.type not in CHOOSING:
        return
    values = [option.value for option in question.options]
    if len(values) < 2:
        yield Flaw(question.code, "too_few_options")
    if len(set(values)) < len(values):
        yield Flaw(question.code, "option_twice")
    if any(not option.zh or not option.value or "," in option.value for option in question.options):
        yield Flaw(question.code, "option_form")
    if question.exclusive and question.exclusive not in values:
        yield Flaw(question.code, "exclusive_unknown", question.exclusive)


def _matrix(question: Question) -> Iterator[Flaw]:
    if question.type != "matrix":
        return
    if not question.rows or not question.columns:
        yield Flaw(question.code, "empty_matrix")
    if any(not row.zh for row in question.rows):
        yield Flaw(question.code, "no_words")
    if question.score and question.score != question.formula:
        yield Flaw(question.code, "formula", question.formula)
    asked: set[str] = set()
    for column in question.columns:
        if column.show_if and not _looks_back(column.show_if, asked):
            yield Flaw(question.code, "column_condition", column.show_if)
        asked.add(column.code)


def _looks_back(text: str, asked: set[str]) -> bool:
    try:
        condition = parse(text)
    except ValueError:
        return False
    return condition.code in asked and not condition.score


def _limits(question: Question) -> Iterator[Flaw]:
    if question.minimum is not None and question.maximum is not None and question.minimum > question.maximum:
        yield Flaw(question.code, "limits")


def _condition(
    code: str, text: str, before: dict[str, Item], definition: Definition, *, mandatory: bool = False
) -> Iterator[Flaw]:
    if not text:
        if mandatory:
            yield Flaw(code, "condition_form")
        return
    try:
        condition = parse(text)
    except ValueError:
        yield Flaw(code, "condition_form", text)
        return
    if condition.score:
        yield from _score_condition(code, condition, before, definition)
    elif condition.code in FACTS:
        return
    elif condition.code not in before:
        yield Flaw(code, "condition_later", condition.code)
    elif unknown := _unknown_values(condition, before[condition.code]):
        yield Flaw(code, "condition_value", unknown)


def _score_condition(
    code: str, condition: Condition, before: dict[str, Item], definition: Definition
) -> Iterator[Flaw]:
    question = definition.question(condition.code)
    if question is None or not any(item.question is question for item in before.values()):
        yield Flaw(code, "condition_later", condition.code)
    elif not (question.score or any(option.score is not None for option in question.options)):
        yield Flaw(code, "condition_unscored", condition.code)


def _unknown_values(condition: Condition, item: Item) -> str:
    if condition.operator not in {"=", "!="} or not (item.options or item.type == "bool"):
        return ""
    known = {option.value for option in item.options} or {"true", "false"}
    return ",".join(value for value in condition.values if value not in known)


def _reused(definition: Definition, earlier: Sequence[Definition]) -> Iterator[Flaw]:
    """A code keeps its kind for ever, and its question too once it was away: old answers must not change their meaning."""
    if not earlier:
        return
    last = set(_meanings(earlier[-1:]))
    history = _meanings(earlier)
    for code, (kind, words) in _meanings([definition]).items():
        was = history.get(code)
        if was is None:
            continue
        if was[0] != kind:
            yield Flaw(code, "code_other_type", was[0])
        elif code not in last and was[1] != words:
            yield Flaw(code, "code_other_meaning", was[1])


def _meanings(definitions: Iterable[Definition]) -> dict[str, tuple[str, str]]:
    return {
        item.code: (item.type, f"{item.row.zh} · {item.column.zh}" if item.row and item.column else item.question.zh)
        for definition in definitions
        for item in flatten(definition)
    }
