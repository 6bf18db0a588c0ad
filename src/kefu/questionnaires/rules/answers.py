"""Reading and checking answers: what is shown counts, what is hidden is ignored, each fault names its code."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from kefu.questionnaires.rules.conditions import Answer, Answers, holds, number
from kefu.questionnaires.rules.definition import Definition
from kefu.questionnaires.rules.flattening import Item, flatten
from kefu.questionnaires.rules.scores import question_score

LONGEST = 2000
"""Characters of a written answer."""

MOST_CHOSEN = 50
"""Options a draft keeps of one question."""

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Fault:
    """What is wrong with one answer; `limit` is the bound it breaks."""

    code: str
    kind: str
    limit: str = ""


@dataclass
class Checked:
    """The answers that count, which items were shown, and the faults in the order of the questions."""

    answers: dict[str, Answer] = field(default_factory=dict)
    shown: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class _Wrong(Exception):
    """Carries the kind of a fault out of a reader."""

    def __init__(self, kind: str, limit: str = "") -> None:
        self.kind = kind
        self.limit = limit


def check(definition: Definition, given: Mapping[str, object], facts: Mapping[str, str]) -> Checked:
    """Read the answers in the order of the questions; a faulty one counts as not given for later conditions."""
    result, known = Checked(), dict[str, Answer]({name: value for name, value in facts.items() if value})
    items = flatten(definition)
    for item in items:
        if not is_shown(item, known, definition):
            continue
        result.shown.append(item.code)
        try:
            answer = read_answer(item, given.get(item.code))
        except _Wrong as wrong:
            result.faults.append(Fault(item.code, wrong.kind, wrong.limit))
            continue
        if answer is not None:
            result.answers[item.code] = known[item.code] = answer
        elif item.required:
            result.faults.append(Fault(item.code, "required"))
    known_codes = {item.code for item in items}
    result.faults.extend(Fault(code, "unknown_question") for code in given if code not in known_codes)
    return result


def is_shown(item: Item, known: Answers, definition: Definition) -> bool:
    """Whether an item is asked, given the answers before it."""
    return item.condition is None or holds(
        item.condition, known, lambda code: question_score(definition.question(code), known)
    )


def drafted(definition: Definition, given: Mapping[str, object]) -> dict[str, Answer]:
    """What a draft keeps: everything typed into known questions, right or wrong, shown or not, so that nothing is lost."""
    kept: dict[str, Answer] = {}
    for item in flatten(definition):
        match given.get(item.code):
            case bool() as flag:
                kept[item.code] = flag
            case list() as values:
                kept[item.code] = [_storable(str(value)) for value in values[:MOST_CHOSEN]]
            case str() | int() | float() as value if str(value).strip():
                kept[item.code] = _storable(str(value))
    return kept


def read_answer(item: Item, raw: object) -> Answer | None:
    """One answer in its stored form; None when nothing was answered."""
    if raw is None or raw == "" or raw == []:
        return None
    if item.type == "multi":
        return _multi(item, raw)
    if item.type == "bool":
        return _flag(raw)
    text = _as_text(raw)
    if not text:
        return None
    match item.type:
        case "number":
            return _number(item, text)
        case "date":
            return _day(text)
        case "text":
            return _written(text)
    if text not in {option.value for option in item.options}:
        raise _Wrong("unknown_option")
    return text


def _multi(item: Item, raw: object) -> list[str]:
    chosen = list(dict.fromkeys(_as_text(value) for value in (raw if isinstance(raw, list) else [raw])))
    if not set(chosen) <= {option.value for option in item.options}:
        raise _Wrong("unknown_option")
    if item.exclusive in chosen and len(chosen) > 1:
        raise _Wrong("exclusive", item.exclusive)
    return [option.value for option in item.options if option.value in chosen]


def _flag(raw: object) -> bool:
    if raw is True or raw == "true":
        return True
    if raw is False or raw == "false":
        return False
    raise _Wrong("not_yes_or_no")


def _number(item: Item, text: str) -> str:
    found = number(text)
    if found is None:
        raise _Wrong("not_number")
    if item.minimum is not None and found < item.minimum:
        raise _Wrong("min", plain(item.minimum))
    if item.maximum is not None and found > item.maximum:
        raise _Wrong("max", plain(item.maximum))
    return plain(found)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if _DAY.fullmatch(text) else _fail("not_date")
    except ValueError:
        return _fail("not_date")


def _written(text: str) -> str:
    if len(text) > LONGEST:
        raise _Wrong("too_long", str(LONGEST))
    return text if not _UNSTORABLE.search(text) else _fail("unreadable")


def _as_text(raw: object) -> str:
    match raw:
        case bool():
            return _fail("unknown_option")
        case str():
            return raw.strip()
        case int():
            return str(raw)
        case float():
            return plain(Decimal(str(raw))) if raw == raw and abs(raw) < 1e12 else _fail("not_number")
    return _fail("unreadable")


def plain(value: Decimal) -> str:
    """A number without superfluous zeros or an exponent."""
    if value == 0:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("", text)[: LONGEST * 2]


def _fail(kind: str) -> str:
    raise _Wrong(kind)
