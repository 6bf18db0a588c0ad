"""Who may see the files and prints of a subject, and who may add to them. Nobody, unless a module says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User

Judge = Callable[[User, int], bool]


@dataclass(frozen=True)
class Policy:
    """The answers of the module that owns a kind of subject. `customer` tells whose data the subject is."""

    see: Judge
    add: Judge
    customer: Callable[[int], int | None]


_policies: dict[str, Policy] = {}


def register_policy(
    subject_kind: str, see: Judge, *, add: Judge | None = None, customer: Callable[[int], int | None] | None = None
) -> None:
    """Open the files of a kind of subject. `add` defaults to `see`, `customer` to nobody."""
    _policies[subject_kind] = Policy(see, add or see, customer or (lambda _subject_id: None))


def may_see(user: User, subject_kind: str, subject_id: int) -> bool:
    """Whether the user may open files and prints of the subject."""
    policy = _policies.get(subject_kind)
    return policy is not None and policy.see(user, subject_id)


def may_add(user: User, subject_kind: str, subject_id: int) -> bool:
    """Whether the user may attach to the subject or withdraw from it."""
    policy = _policies.get(subject_kind)
    return policy is not None and policy.see(user, subject_id) and policy.add(user, subject_id)


def require_see(user: User, subject_kind: str, subject_id: int) -> None:
    """Raises OutOfScope unless the user may open files of the subject."""
    if not may_see(user, subject_kind, subject_id):
        raise OutOfScope()


def require_add(user: User, subject_kind: str, subject_id: int) -> None:
    """Raises OutOfScope unless the user may attach to the subject."""
    if not may_add(user, subject_kind, subject_id):
        raise OutOfScope()


def customer_of(subject_kind: str, subject_id: int) -> int | None:
    """The customer whose data the subject is, None where nobody said."""
    policy = _policies.get(subject_kind)
    return policy.customer(subject_id) if policy else None
