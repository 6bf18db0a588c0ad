"""Kinds of requests and what follows from a decision.

register(ApprovalKind("customers.instruction", INSTRUCTION, matters=MATTERS, about=customer_of))
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from kefu.foundation.approvals.models import ApprovalRequest
from kefu.foundation.sentences.saying import Sentence
from kefu.organisation.models import User

OnDecided = Callable[[ApprovalRequest, User, datetime], None]


@dataclass(frozen=True)
class About:
    """What a request is about, for those who may see it: its name and where it is."""

    name: str
    url: str


def _nothing(_request: ApprovalRequest, _by: User, _at: datetime) -> None:
    """Nothing follows but the answer itself."""


@dataclass(frozen=True)
class ApprovalKind:
    """A kind of request. `on_decided(request, by, at)` runs inside the last decision, approved or declined, and may refuse it;
    `about(request, reader)` names what it is about to those who may see that.
    """

    code: str
    label: Sentence
    matters: Mapping[str, object] = field(default_factory=dict)
    needs_proposal: bool = False
    on_decided: OnDecided = _nothing
    about: Callable[[ApprovalRequest, User], About | None] = lambda _request, _reader: None


_kinds: dict[str, ApprovalKind] = {}


def register(kind: ApprovalKind) -> None:
    """Declare a kind; registering the same code again replaces it."""
    _kinds[kind.code] = kind


def kind_of(code: str) -> ApprovalKind:
    """The kind of that code. Raises LookupError for one nobody registered."""
    if code not in _kinds:
        raise LookupError(f"no request is registered as {code!r}")
    return _kinds[code]
