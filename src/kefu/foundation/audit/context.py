"""What a row needs to know of the request it happened in, without passing it through every action."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """Where the change came from: page, api, hl7, import, job, command; and the request's id."""

    via: str = ""
    request_id: str = ""


_origin: ContextVar[Origin] = ContextVar("audit_origin", default=Origin())


def current() -> Origin:
    """The origin rows are stamped with now."""
    return _origin.get()


@contextmanager
def origin(via: str, request_id: str = "") -> Iterator[None]:
    """Stamp every row written inside the block."""
    token = _origin.set(Origin(via, request_id))
    try:
        yield
    finally:
        _origin.reset(token)
