"""Conditions under which a question is shown or an alert is raised.

    CODE=value[,value] | CODE!=value | CODE>=n | CODE<=n | CODE>n | CODE<n | CODE.score>n | sex=female

A condition on an unanswered question is false, whatever its operator.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

Answer = str | bool | list[str]
Answers = Mapping[str, Answer]

FACTS = frozenset({"sex"})
"""What is known of the person without asking."""

_FORM = re.compile(r"\s*([A-Za-z][A-Za-z0-9_]*)(\.score)?\s*(!=|>=|<=|=|>|<)\s*([^=<>!\s][^=<>!]*?)\s*", re.ASCII)
_NUMBER = re.compile(r"-?[0-9]{1,12}(?:\.[0-9]{1,6})?", re.ASCII)
_COMPARE: dict[str, Callable[[Decimal, Decimal], bool]] = {
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    "=": lambda left, right: left == right,
    "!=": lambda left, right: left != right,
}


@dataclass(frozen=True)
class Condition:
    """One comparison. `score` compares what the question scores instead of its answer."""

    code: str
    operator: str
    values: tuple[str, ...]
    score: bool = False

    def __str__(self) -> str:
        return f"{self.code}{'.score' if self.score else ''}{self.operator}{','.join(self.values)}"

    @property
    def by_number(self) -> bool:
        """Whether numbers are compared, not option values."""
        return self.score or self.operator not in {"=", "!="}


@cache
def parse(text: str) -> Condition:
    """Read a condition. Raises ValueError when it is not of the documented form."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise ValueError(f"not a condition: {text!r}")
    code, score, operator, right = found.groups()
    values = tuple(value.strip() for value in right.split(","))
    condition = Condition(code, operator, values, score is not None)
    if not all(values) or (len(values) > 1 and operator != "=") or (condition.score and len(values) > 1):
        raise ValueError(f"not a condition: {text!r}")
    if condition.by_number and number(values[0]) is None:
        raise ValueError(f"not a number in a condition: {text!r}")
    return condition


def holds(condition: Condition, answers: Answers, score_of: Callable[[str], int | None]) -> bool:
    """Whether the condition is true of these answers (facts such as sex stand among them)."""
    if condition.score:
        score = score_of(condition.code)
        return score is not None and _compare(condition, Decimal(score))
    given = texts(answers.get(condition.code))
    if not given:
        return False
    if condition.operator == "=":
        return any(value in condition.values for value in given)
    if condition.operator == "!=":
        return condition.values[0] not in given
    numbers = [found for value in given if (found := number(value)) is not None]
    return any(_compare(condition, value) for value in numbers)


def texts(answer: Answer | None) -> list[str]:
    """An answer as the texts that conditions compare with; empty when there is none."""
    match answer:
        case None | "" | []:
            return []
        case bool():
            return ["true" if answer else "false"]
        case str():
            return [answer]
    return list(answer)


def number(text: str) -> Decimal | None:
    """A plain decimal number of at most 12 digits before and 6 after the point, or None."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def _compare(condition: Condition, left: Decimal) -> bool:
    return _COMPARE[condition.operator](left, Decimal(condition.values[0]))
