"""A version as a sheet to fill in or to read: what `questionnaires/sheet.html` and `questionnaires/answers.html` print.

    sheet = sheet_view(version.form, answers, facts={"sex": "female"}, faults={"GOA01": "这一项还没填"})
    {% include "questionnaires/sheet.html" with sheet=sheet %}

The including page puts it inside its own <form data-sheet> and loads `questionnaires/sheet.css` and `questionnaires/js/sheet.js`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from kefu.questionnaires.rules.answers import check
from kefu.questionnaires.rules.conditions import Answer, Condition, texts
from kefu.questionnaires.rules.definition import Definition, Question, Row
from kefu.questionnaires.rules.flattening import Item, cell, condition_of, flatten, items_of
from kefu.questionnaires.wording import worded


@dataclass(frozen=True)
class ChoiceView:
    """One option with its place in the markup."""

    value: str
    label: str
    checked: bool
    score: int | None = None
    exclusive: bool = False


@dataclass(frozen=True)
class ItemView:
    """One input (a question or a cell of a matrix)."""

    code: str
    type: str
    label: str
    required: bool
    shown: bool
    show_if: str
    choices: list[ChoiceView]
    value: str
    minimum: str
    maximum: str
    fault: str


@dataclass(frozen=True)
class RowView:
    """One line of a matrix with its cells."""

    code: str
    label: str
    cells: list[ItemView]


@dataclass(frozen=True)
class ColumnView:
    """The heading of a matrix column: its name and the names of its options."""

    label: str
    options: list[str]


@dataclass(frozen=True)
class AlertView:
    """What is said as soon as the answer beside it calls for it."""

    text: str
    show_if: str


@dataclass(frozen=True)
class QuestionView:
    """One question as it stands on the page: a single item or a matrix."""

    code: str
    label: str
    why: str
    item: ItemView | None
    rows: list[RowView]
    columns: list[ColumnView]
    shown: bool
    show_if: str
    alerts: list[AlertView] = field(default_factory=list)

    @property
    def items(self) -> list[ItemView]:
        """Its inputs: one, or the cells of its rows."""
        return [self.item] if self.item else [cell for row in self.rows for cell in row.cells]


@dataclass(frozen=True)
class SectionView:
    """A part of the sheet; `missing` counts its faults, `answered` its answered items."""

    code: str
    label: str
    questions: list[QuestionView]
    answered: int
    missing: int


@dataclass(frozen=True)
class SheetView:
    """The whole sheet."""

    intro: str
    sections: list[SectionView]
    facts: str

    @property
    def items(self) -> list[ItemView]:
        """Every input in the order of the sheet."""
        questions = [question for section in self.sections for question in section.questions]
        return [item for question in questions for item in question.items]


def posted(form: Definition, data: QueryDict) -> dict[str, object]:
    """The answers a browser posted, by code; several only where several may be chosen."""
    return {
        item.code: data.getlist(item.code) if item.type == "multi" else data.get(item.code)
        for item in flatten(form)
        if item.code in data
    }


def sheet_view(
    form: Definition,
    answers: Mapping[str, object],
    *,
    facts: Mapping[str, str],
    faults: Mapping[str, str] | None = None,
) -> SheetView:
    """The sheet with these answers; what is hidden now is there too, to appear when an answer calls for it."""
    build = _Builder(answers, frozenset(check(form, answers, facts).shown), faults or {}, _alerts(form))
    sections = [
        _section(section.code, worded(section.zh, section.en), [q for q in form.questions if q.section == section.code], build)
        for section in form.sections
    ]  # fmt: skip
    return SheetView(
        worded(form.intro_zh, form.intro_en), [part for part in sections if part.questions], json.dumps(dict(facts))
    )


@dataclass(frozen=True)
class _Builder:
    answers: Mapping[str, object]
    shown: frozenset[str]
    faults: Mapping[str, str]
    alerts: Mapping[str, list[AlertView]]

    def question(self, question: Question) -> QuestionView:
        items = [self.item(item) for item in items_of(question)]
        rows = _rows(question, {item.code: item for item in items})
        condition = condition_of(question.show_if)
        return QuestionView(
            code=question.code, label=worded(question.zh, question.en), why=worded(question.why_zh, question.why_en),
            item=None if rows else items[0], rows=rows, columns=_columns(question) if rows else [],
            shown=any(item.shown for item in items), show_if=as_json(condition),
            alerts=[alert for code in [question.code, *(item.code for item in items if rows)] for alert in self.alerts.get(code, ())],
        )  # fmt: skip

    def item(self, item: Item) -> ItemView:
        given = _given(self.answers.get(item.code))
        choices = [
            ChoiceView(option.value, worded(option.zh, option.en), option.value in given, option.score, option.value == item.exclusive)
            for option in item.options
        ]  # fmt: skip
        if item.type == "bool":
            choices = [
                ChoiceView(value, label, value in given) for value, label in (("true", _("是")), ("false", _("否")))
            ]
        return ItemView(
            code=item.code, type=item.type, label=_label(item), required=item.required, shown=item.code in self.shown,
            show_if=as_json(item.condition), choices=choices, value=given[0] if given and not choices else "",
            minimum="" if item.minimum is None else str(item.minimum), maximum="" if item.maximum is None else str(item.maximum),
            fault=self.faults.get(item.code, ""),
        )  # fmt: skip


def _section(code: str, label: str, questions: list[Question], build: _Builder) -> SectionView:
    items = [item for question in questions for item in items_of(question) if item.code in build.shown]
    return SectionView(
        code, label, [build.question(question) for question in questions],
        answered=sum(bool(_given(build.answers.get(item.code))) for item in items),
        missing=sum(item.code in build.faults for item in items),
    )  # fmt: skip


def _rows(question: Question, items: Mapping[str, ItemView]) -> list[RowView]:
    return [
        RowView(row.code, _row_label(row), [items[cell(row, column)] for column in question.columns])
        for row in question.rows
    ]


def _columns(question: Question) -> list[ColumnView]:
    return [
        ColumnView(worded(column.zh, column.en), [worded(option.zh, option.en) for option in column.options])
        for column in question.columns
    ]


def _alerts(form: Definition) -> dict[str, list[AlertView]]:
    found: dict[str, list[AlertView]] = {}
    for alert in form.alerts:
        if condition := condition_of(alert.when):
            view = AlertView(worded(alert.zh, alert.en), as_json(condition))
            found.setdefault(condition.code, []).append(view)
    return found


def as_json(condition: Condition | None) -> str:
    """A condition for the browser, which evaluates it by the same rules; empty when there is none."""
    if condition is None:
        return ""
    return json.dumps(
        {"code": condition.code, "operator": condition.operator, "values": condition.values, "score": condition.score}
    )


def _label(item: Item) -> str:
    if item.row and item.column:
        return f"{_row_label(item.row)} · {worded(item.column.zh, item.column.en)}"
    return worded(item.question.zh, item.question.en)


def _row_label(row: Row) -> str:
    return worded(row.zh, row.en)


def _given(answer: object) -> list[str]:
    if isinstance(answer, bool | str | list):
        known: Answer = answer
        return [str(text) for text in texts(known)]
    return [] if answer is None else [str(answer)]
