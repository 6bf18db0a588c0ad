"""Gates: named points in lower actions at which upper modules may refuse.

A page, the API, an HL7 message and a bulk job all run the same action and so meet the same refusal.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from kefu.foundation.audit.trail import Subject
from kefu.organisation.models import User


@dataclass(frozen=True)
class Passage:
    """Who wants to pass which gate, when, for which customer and (once it exists) with which record."""

    gate: str
    by: User
    at: datetime
    customer_id: int
    subject: Subject | None = None


Guard = Callable[[Passage], None]
_guards: list[Guard] = []
_labels: dict[str, object] = {}


def declare(gate: str, label: object) -> None:
    """Name a gate, `module.noun.verb`, with the words people know it by; configuration may only use declared gates."""
    _labels[gate] = label


def declared() -> dict[str, object]:
    """Every gate with its label, for the page that configures nodes."""
    return dict(_labels)


def guard(function: Guard) -> Guard:
    """Let a function refuse passages; it looks at `passage.gate` itself and raises kernel errors."""
    if function not in _guards:
        _guards.append(function)
    return function


def check(gate: str, *, by: User, at: datetime, customer_id: int, subject: Subject | None = None) -> None:
    """Ask every guard. Raises what a guard raises (Refused, Forbidden); KeyError for an undeclared gate."""
    _labels[gate]
    passage = Passage(gate, by, at, customer_id, subject)
    for function in _guards:
        function(passage)
