"""A finished sheet in words: answers, scores and alerts in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from kefu.foundation.ui.inputs import Status
from kefu.questionnaires.rules.conditions import texts
from kefu.questionnaires.rules.definition import Definition, Option, Question
from kefu.questionnaires.rules.flattening import cell
from kefu.questionnaires.wording import worded

TONES = {"green": ("quiet", "check"), "yellow": ("soon", "eye"), "red": ("late", "alert-triangle")}


@dataclass(frozen=True)
class ScoreLine:
    """A system's score with its band; `left` is the share of the bar in steps of five."""

    code: str
    label: str
    score: int
    maximum: int
    percent: str
    left: int
    status: Status | None
    incomplete: int


@dataclass(frozen=True)
class AnswerLine:
    """One answered question."""

    label: str
    words: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnswerSection:
    """The answered questions of one section."""

    label: str
    lines: list[AnswerLine]


def score_lines(form: Definition, scores: Sequence[Mapping[str, object]]) -> list[ScoreLine]:
    """The scores as kept with the sheet, the highest share first; systems without answers last."""
    labels = {section.code: worded(section.zh, section.en) for section in form.sections}
    bands = {band.code: worded(band.zh, band.en) for band in form.bands}
    found = [_score_line(row, labels, bands) for row in scores]
    return sorted(found, key=lambda line: (line.status is None, -float(line.percent or 0)))


def alert_words(form: Definition, codes: Sequence[str]) -> list[str]:
    """What the raised alerts say."""
    return [worded(alert.zh, alert.en) for alert in form.alerts if alert.code in codes]


def answer_sections(form: Definition, answers: Mapping[str, object]) -> list[AnswerSection]:
    """Every answered question by section; unanswered ones are left out."""
    found = []
    for section in form.sections:
        lines = [_answer(question, answers) for question in form.questions if question.section == section.code]
        if given := [line for line in lines if line is not None]:
            found.append(AnswerSection(worded(section.zh, section.en), given))
    return found


def _score_line(row: Mapping[str, object], labels: Mapping[str, str], bands: Mapping[str, str]) -> ScoreLine:
    section, band, percent = str(row["section"]), str(row["band"]), str(row["percent"])
    tone, icon = TONES.get(band, ("quiet", "point"))
    return ScoreLine(
        code=section, label=labels.get(section, section), score=int(str(row["score"])), maximum=int(str(row["maximum"])),
        percent=percent, left=round(float(percent or 0) / 5) * 5, status=Status(tone, icon, bands[band]) if band in bands else None,
        incomplete=int(str(row["incomplete"])),
    )  # fmt: skip


def _answer(question: Question, answers: Mapping[str, object]) -> AnswerLine | None:
    label = worded(question.zh, question.en)
    if question.rows:
        lines = tuple(line for line in (_row(question, index, answers) for index in range(len(question.rows))) if line)
        return AnswerLine(label, "", lines) if lines else None
    words = _words(question.options, answers.get(question.code), question.type)
    return AnswerLine(label, words) if words else None


def _row(question: Question, index: int, answers: Mapping[str, object]) -> str:
    row = question.rows[index]
    words = [_words(column.options, answers.get(cell(row, column)), "choice") for column in question.columns]
    given = [word for word in words if word]
    return f"{worded(row.zh, row.en)}：{' · '.join(given)}" if given else ""


def _words(options: Sequence[Option], answer: object, kind: str) -> str:
    if answer is None or not isinstance(answer, str | bool | list):
        return ""
    if kind == "bool":
        return _("是") if answer in (True, "true") else _("否")
    named = {option.value: worded(option.zh, option.en) for option in options}
    return _("、").join(named.get(value, value) for value in texts(answer))
