"""Kinds of hand-overs and what happens when one is accepted.

register(AssignmentKind("customer_manager", TAKE_CUSTOMER, on_accept=take_over, url=customer_url))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kefu.foundation.assignments.models import Assignment
from kefu.foundation.sentences.saying import Said, Sentence
from kefu.organisation.models import User

OnAccept = Callable[[Assignment, User, datetime], None]


@dataclass(frozen=True)
class AssignmentKind:
    """A kind of hand-over. `on_accept(assignment, by, at)` runs inside the acceptance and may refuse it."""

    code: str
    label: Said | Sentence
    on_accept: OnAccept
    url: Callable[[Assignment], str] = lambda assignment: ""


_kinds: dict[str, AssignmentKind] = {}


def register(kind: AssignmentKind) -> None:
    """Declare a kind; registering the same code again replaces it."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> AssignmentKind:
    """The kind of that code. Raises LookupError for one nobody registered."""
    if code not in _kinds:
        raise LookupError(f"no hand-over is registered as {code!r}")
    return _kinds[code]
