"""Scores, bands, alerts and satisfaction, computed from answers that were checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import ROUND_HALF_UP, Decimal

from kefu.questionnaires.rules.conditions import Answer, Answers, holds, texts
from kefu.questionnaires.rules.definition import Alert, Band, Column, Definition, Question, Row
from kefu.questionnaires.rules.flattening import cell, condition_of, flatten

TENTH = Decimal("0.1")


@dataclass(frozen=True)
class SectionScore:
    """What one system scores. `percent` is of the most possible, one decimal; `incomplete` rows lack a column and count 0."""

    section: str
    score: int
    maximum: int
    percent: str
    band: str
    answered: int
    incomplete: int

    def as_json(self) -> dict[str, object]:
        """The form kept with a sheet."""
        return asdict(self)


@dataclass(frozen=True)
class Satisfaction:
    """Satisfied and valid answers of one row set (SAT-001); sheets are added up before the rate is taken."""

    satisfied: int = 0
    valid: int = 0

    def __add__(self, other: Satisfaction) -> Satisfaction:
        return Satisfaction(self.satisfied + other.satisfied, self.valid + other.valid)

    @property
    def rate(self) -> Decimal | None:
        """Satisfied answers per hundred valid ones, one decimal; None without a valid answer."""
        return _share(self.satisfied, self.valid) if self.valid else None


def question_score(question: Question | None, answers: Answers) -> int | None:
    """What a question scores; None when nothing of it was answered or it does not score."""
    if question is None:
        return None
    if question.type != "matrix":
        found = [option.score for option in question.options if option.value in texts(answers.get(question.code))]
        scores = [score for score in found if score is not None]
        return sum(scores) if scores else None
    rows = [_row_score(row, question.columns, answers) for row in question.rows]
    answered = [score for score, given, _complete in rows if given]
    return sum(answered) if answered and question.score else None


def section_scores(definition: Definition, answers: Answers) -> list[SectionScore]:
    """The score and band of each system, in the order of the sections; unanswered systems get no band."""
    scored: dict[str, list[Question]] = {}
    for question in definition.questions:
        if question.type == "matrix" and question.score:
            scored.setdefault(question.section, []).append(question)
    return [
        _section_score(section.code, scored[section.code], definition, answers)
        for section in definition.sections
        if section.system and section.code in scored
    ]


def alerts(definition: Definition, answers: Answers, facts: Mapping[str, str]) -> list[Alert]:
    """The alerts that the answers raise, in their configured order."""
    known: dict[str, Answer] = {**facts, **answers}
    return [
        alert
        for alert in definition.alerts
        if (condition := condition_of(alert.when))
        and holds(condition, known, lambda code: question_score(definition.question(code), known))
    ]


def satisfaction(definition: Definition, answers: Answers) -> Satisfaction:
    """Satisfied and valid answers of one sheet; unanswered, not applicable and unjudged ones do not count."""
    total = Satisfaction()
    for item in flatten(definition):
        chosen = texts(answers.get(item.code))
        for option in item.options:
            if option.value in chosen and option.valid and option.satisfied is not None:
                total += Satisfaction(int(option.satisfied), 1)
    return total


def band_of(definition: Definition, score: int, maximum: int) -> Band | None:
    """The band of an exact share: its lower bound belongs to it, its upper one only at 100."""
    if maximum <= 0:
        return None
    for band in definition.bands:
        reaches_end = score == maximum and band.high >= 100
        if band.low * maximum <= score * 100 and (score * 100 < band.high * maximum or reaches_end):
            return band
    return None


def _section_score(section: str, questions: list[Question], definition: Definition, answers: Answers) -> SectionScore:
    rows = [_row_score(row, question.columns, answers) for question in questions for row in question.rows]
    given = [row for row in rows if row[1]]
    score, maximum = sum(row[0] for row in given), sum(question.max_score for question in questions)
    band = band_of(definition, score, maximum) if given else None
    incomplete = sum(not complete for _score, _given, complete in given)
    percent = str(_share(score, maximum)) if maximum else ""
    return SectionScore(section, score, maximum, percent, band.code if band else "", len(given), incomplete)


def _row_score(row: Row, columns: tuple[Column, ...], answers: Answers) -> tuple[int, bool, bool]:
    """The product of a row's columns, whether anything was answered, and whether nothing that counts is missing."""
    product, given, complete = 1, False, True
    for column in columns:
        value = texts(answers.get(cell(row, column)))
        score = next((option.score or 0 for option in column.options if option.value in value), None)
        given = given or score is not None
        # Once a column says "never", the columns after it are not asked and the row is complete with nothing.
        complete = complete and (score is not None or product == 0)
        product *= score or 0
    return product, given, complete


def _share(part: int, whole: int) -> Decimal:
    return (Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP)
