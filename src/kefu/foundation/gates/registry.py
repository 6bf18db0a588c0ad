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


@dataclass(frozen=True)
class Gate:
    """A gate's verb as people know it, and the page on which one starts it for a customer."""

    code: str
    label: object
    url: Callable[[int], str] | None = None


Guard = Callable[[Passage], None]
_guards: list[Guard] = []
_gates: dict[str, Gate] = {}


def declare(gate: str, label: object, url: Callable[[int], str] | None = None) -> None:
    """Name a gate, `module.noun.verb`; configuration may only use declared gates. `url(customer_id)` leads to its page.

    ValueError for a second declaration: it would take the page of the first away.
    """
    if gate in _gates:
        raise ValueError(f"gate {gate} is declared already")
    _gates[gate] = Gate(gate, label, url)


def declared() -> dict[str, Gate]:
    """Every gate by code, for the page that configures nodes and the buttons that lead to the next step."""
    return dict(_gates)


def guard(function: Guard) -> Guard:
    """Let a function refuse passages; it looks at `passage.gate` itself and raises kernel errors."""
    if function not in _guards:
        _guards.append(function)
    return function


def check(gate: str, *, by: User, at: datetime, customer_id: int, subject: Subject | None = None) -> None:
    """Ask every guard. Raises what a guard raises (Refused, Forbidden); KeyError for an undeclared gate."""
    _gates[gate]
    passage = Passage(gate, by, at, customer_id, subject)
    for function in _guards:
        function(passage)
