"""A questionnaire as a flat row of single questions: a matrix becomes one question per row and column (`DIG01_01_F`)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from kefu.questionnaires.rules.conditions import Condition, parse
from kefu.questionnaires.rules.definition import Column, Definition, Option, Question, Row


@dataclass(frozen=True)
class Item:
    """Something that takes one answer: a question, or one cell of a matrix."""

    code: str
    type: str
    required: bool
    condition: Condition | None
    question: Question
    options: tuple[Option, ...] = ()
    row: Row | None = None
    column: Column | None = None

    @property
    def exclusive(self) -> str:
        """The option that excludes all others."""
        return self.question.exclusive

    @property
    def minimum(self) -> Decimal | None:
        """The least number allowed."""
        return self.question.minimum

    @property
    def maximum(self) -> Decimal | None:
        """The greatest number allowed."""
        return self.question.maximum


def flatten(definition: Definition) -> tuple[Item, ...]:
    """Every item in the order in which it is asked."""
    return tuple(item for question in definition.questions for item in items_of(question))


def items_of(question: Question) -> Iterator[Item]:
    """The items of one question. A condition that cannot be read hides nothing; publishing refuses it."""
    own = condition_of(question.show_if)
    if question.type != "matrix":
        yield Item(question.code, question.type, question.required, own, question, question.options)
        return
    for row in question.rows:
        for column in question.columns:
            within = condition_of(f"{row.code}_{column.show_if}") if column.show_if else own
            yield Item(
                cell(row, column), "choice", question.required, within, question, column.options, row=row, column=column
            )


def cell(row: Row, column: Column) -> str:
    """The code of a matrix cell."""
    return f"{row.code}_{column.code}"


def condition_of(text: str) -> Condition | None:
    """The condition, or None for an empty or unreadable text."""
    try:
        return parse(text) if text else None
    except ValueError:
        return None


def outline(definition: Definition) -> list[dict[str, object]]:
    """The questions as programs see them (GET questionnaires/{code}): every item is a choice, multi, number, text, date or bool."""
    return [_told(item) for item in flatten(definition)]


def _told(item: Item) -> dict[str, object]:
    row = item.row
    return {
        "code": item.code,
        "type": "choice" if item.type == "scale" else item.type,
        "required": item.required,
        "options": [option.raw for option in item.options],
        "show_if": str(item.condition) if item.condition else None,
        "min": _plain(item.minimum),
        "max": _plain(item.maximum),
        "exclusive": item.exclusive or None,
        "section": item.question.section,
        "zh": f"{row.zh}：{item.column.zh}" if row and item.column else item.question.zh,
        "en": f"{row.en}: {item.column.en}" if row and item.column else item.question.en,
    }


def _plain(bound: Decimal | None) -> int | float | None:
    if bound is None:
        return None
    return int(bound) if bound == bound.to_integral_value() else float(bound)
