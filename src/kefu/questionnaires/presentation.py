"""How versions and their questions look on the administrator's pages."""

from __future__ import annotations

from dataclasses import dataclass

from kefu.foundation.ui.inputs import Status
from kefu.questionnaires.choices import VersionState
from kefu.questionnaires.forms import TYPES
from kefu.questionnaires.models import QuestionnaireVersion
from kefu.questionnaires.queries import draft_flaws
from kefu.questionnaires.rules.definition import Question
from kefu.questionnaires.wording import flaw_words, worded

STATES = {
    VersionState.DRAFT: Status("soon", "pencil", VersionState.DRAFT.label),
    VersionState.PUBLISHED: Status("done", "check", VersionState.PUBLISHED.label),
    VersionState.RETIRED: Status("quiet", "archive", VersionState.RETIRED.label),
}
NAMES = dict(TYPES)


@dataclass(frozen=True)
class QuestionLine:
    """One question as listed in the editor."""

    code: str
    label: str
    type: object
    required: bool
    show_if: str
    note: str


@dataclass(frozen=True)
class SectionLines:
    """A section with its questions."""

    code: str
    label: str
    lines: list[QuestionLine]


@dataclass(frozen=True)
class FlawLine:
    """One thing to mend before publishing; `question` is set when it is a question that can be opened."""

    code: str
    words: object
    question: bool


def outline_of(version: QuestionnaireVersion) -> list[SectionLines]:
    """Every section with its questions, empty sections too."""
    form = version.form
    return [
        SectionLines(
            section.code,
            worded(section.zh, section.en),
            [_line(question) for question in form.questions if question.section == section.code],
        )
        for section in form.sections
    ]


def flaw_links(version: QuestionnaireVersion) -> list[FlawLine]:
    """What keeps a draft from being published."""
    codes = {question.code for question in version.form.questions}
    return [FlawLine(flaw.code, flaw_words(flaw), flaw.code in codes) for flaw in draft_flaws(version)]


def _line(question: Question) -> QuestionLine:
    parts = question.rows or question.options
    note = " / ".join(worded(part.zh, part.en) for part in parts)
    return QuestionLine(
        question.code, worded(question.zh, question.en), NAMES[question.type], question.required, question.show_if, note
    )
