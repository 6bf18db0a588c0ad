"""A version's questions as typed records, read from its JSON.

A matrix is one question with rows and columns; each column takes its options from a scale.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from kefu.questionnaires.rules.conditions import number

TYPES = ("choice", "multi", "number", "text", "date", "bool", "scale", "matrix")
CODE = re.compile(r"[A-Z][A-Z0-9_]{0,39}", re.ASCII)
SHARED = {"code", "section", "type", "required", "zh", "en", "why_zh", "why_en", "options", "exclusive", "show_if", "min", "max",
          "scale", "rows", "columns", "score", "max_score"}  # fmt: skip
"""What every questionnaire knows of a question; anything else belongs to the module that uses it (responsible_role, overall)."""


class DefinitionError(ValueError):
    """The JSON does not have the form of a definition; the message says where."""


@dataclass(frozen=True)
class Option:
    """One answer to choose. `raw` is the value as programs see it, `value` its text."""

    value: str
    zh: str
    en: str = ""
    score: int | None = None
    satisfied: bool | None = None
    valid: bool = True
    raw: int | str = ""


@dataclass(frozen=True)
class Row:
    """One line of a matrix."""

    code: str
    zh: str
    en: str = ""


@dataclass(frozen=True)
class Column:
    """One column of a matrix; `show_if` speaks of an earlier column of the same row."""

    code: str
    scale: str
    zh: str
    en: str
    options: tuple[Option, ...]
    show_if: str = ""


@dataclass(frozen=True)
class Question:
    """One question. `extra` holds what only the using module understands."""

    code: str
    section: str
    type: str
    zh: str
    en: str = ""
    required: bool = False
    why_zh: str = ""
    why_en: str = ""
    options: tuple[Option, ...] = ()
    exclusive: str = ""
    show_if: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    scale: str = ""
    rows: tuple[Row, ...] = ()
    columns: tuple[Column, ...] = ()
    score: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def formula(self) -> str:
        """The one formula a scored matrix has: the products of its columns, summed over the rows."""
        return f"sum({'*'.join(column.scale for column in self.columns)})"

    @property
    def max_score(self) -> int:
        """The most this question can score."""
        if self.columns:
            return len(self.rows) * _product(_best(column.options) for column in self.columns)
        return _best(self.options)


@dataclass(frozen=True)
class Section:
    """A part of the questionnaire; a `system` gets a score of its own."""

    code: str
    zh: str
    en: str = ""
    system: bool = False


@dataclass(frozen=True)
class Band:
    """A judgement over a share of the most possible score: from `low` up to below `high` percent (100 included)."""

    code: str
    zh: str
    en: str
    low: Decimal
    high: Decimal


@dataclass(frozen=True)
class Alert:
    """What is said at once when a condition holds."""

    code: str
    when: str
    zh: str
    en: str = ""


@dataclass(frozen=True)
class Definition:
    """Everything one version says."""

    zh: str
    en: str
    intro_zh: str
    intro_en: str
    sections: tuple[Section, ...]
    questions: tuple[Question, ...]
    bands: tuple[Band, ...]
    alerts: tuple[Alert, ...]

    def question(self, code: str) -> Question | None:
        """The question of that code."""
        return next((question for question in self.questions if question.code == code), None)


def read(data: Mapping[str, Any]) -> Definition:
    """Read a version's JSON. Raises DefinitionError when it has not the form of one; what it means is checked in publishing."""
    try:
        scales = {str(scale["code"]): scale for scale in data.get("scales", ())}
        return Definition(
            zh=_text(data, "zh"), en=_text(data, "en"), intro_zh=_text(data, "intro_zh"), intro_en=_text(data, "intro_en"),
            sections=tuple(
                Section(_text(row, "code"), _text(row, "zh"), _text(row, "en"), bool(row.get("system"))) for row in data["sections"]
            ),
            questions=tuple(_question(row, scales) for row in data["questions"]),
            bands=tuple(
                Band(_text(row, "code"), _text(row, "zh"), _text(row, "en"), Decimal(row["percent_from"]), Decimal(row["percent_to"]))
                for row in data.get("score_bands", ())
            ),
            alerts=tuple(
                Alert(_text(row, "code"), _text(row, "when"), _text(row, "zh"), _text(row, "en")) for row in data.get("alerts", ())
            ),
        )  # fmt: skip
    except (KeyError, TypeError, AttributeError, ArithmeticError) as error:
        raise DefinitionError(f"not a definition: {error!r}") from error


def _question(row: Mapping[str, Any], scales: Mapping[str, Any]) -> Question:
    code, kind, scale = _text(row, "code"), _text(row, "type"), _text(row, "scale")
    if kind not in TYPES or not CODE.fullmatch(code):
        raise DefinitionError(f"question {code!r} of type {kind!r}")
    return Question(
        code=code, section=_text(row, "section"), type=kind, zh=_text(row, "zh"), en=_text(row, "en"),
        required=bool(row.get("required")), why_zh=_text(row, "why_zh"), why_en=_text(row, "why_en"),
        options=scale_options(scales[scale]) if scale else _options(row.get("options", ())),
        exclusive=_text(row, "exclusive"), show_if=_text(row, "show_if"), minimum=_bound(row, "min"), maximum=_bound(row, "max"),
        scale=scale, rows=tuple(Row(_text(line, "code"), _text(line, "zh"), _text(line, "en")) for line in row.get("rows", ())),
        columns=tuple(_column(column, scales) for column in row.get("columns", ())), score=_text(row, "score"),
        extra={name: value for name, value in row.items() if name not in SHARED},
    )  # fmt: skip


def _column(row: Mapping[str, Any], scales: Mapping[str, Any]) -> Column:
    scale = scales[row["scale"]]
    return Column(
        _text(row, "code"), _text(row, "scale"), _text(scale, "zh"), _text(scale, "en"), scale_options(scale), _text(row, "show_if")
    )  # fmt: skip


def scale_options(scale: Mapping[str, Any]) -> tuple[Option, ...]:
    """The options of a scale; one given by `min` and `max` has every whole number between."""
    if "options" in scale:
        return _options(scale["options"])
    return tuple(Option(str(n), str(n), str(n), raw=n) for n in range(int(scale["min"]), int(scale["max"]) + 1))


def _options(rows: Any) -> tuple[Option, ...]:
    return tuple(
        Option(str(row["value"]), _text(row, "zh"), _text(row, "en"), row.get("score"), row.get("satisfied"), row.get("valid", True), row["value"])
        for row in rows
    )  # fmt: skip


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name, "")
    if not isinstance(value, str):
        raise DefinitionError(f"{name} must be text, not {value!r}")
    return value


def _bound(row: Mapping[str, Any], name: str) -> Decimal | None:
    value = row.get(name)
    if value is None or value == "":
        return None
    if (found := number(str(value))) is None:
        raise DefinitionError(f"{name} must be a number, not {value!r}")
    return found


def _best(options: tuple[Option, ...]) -> int:
    return max((option.score or 0 for option in options), default=0)


def _product(numbers: Any) -> int:
    result = 1
    for value in numbers:
        result *= value
    return result
