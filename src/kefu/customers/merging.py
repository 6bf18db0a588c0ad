"""What a merge of two customers does with every table that points at a customer.

Each module declares its foreign keys in `slots.py`; a build guard refuses a foreign key to a customer without a handler.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum


class Handling(StrEnum):
    """What happens to rows of the customer that is merged away."""

    REPOINT = "repoint"  # they move to the surviving customer
    COMBINE = "combine"  # a function decides row by row
    REFUSE = "refuse"  # while there are any, the merge is refused


Combine = Callable[[int, int], None]
"""Takes the surviving and the merged customer's id."""


@dataclass(frozen=True)
class Handler:
    """The declared handling of one foreign key."""

    model: str
    field: str
    handling: Handling
    combine: Combine | None = None


_handlers: dict[tuple[str, str], Handler] = {}


def repoint(model: str, field: str) -> None:
    """Rows of `app.Model` move with the merge."""
    _handlers[model, field] = Handler(model, field, Handling.REPOINT)


def combine(model: str, field: str, function: Combine) -> None:
    """The function combines the rows of both customers."""
    _handlers[model, field] = Handler(model, field, Handling.COMBINE, function)


def refuse(model: str, field: str) -> None:
    """Two customers who both have such rows are not merged."""
    _handlers[model, field] = Handler(model, field, Handling.REFUSE)


def handlers() -> dict[tuple[str, str], Handler]:
    """Every declared handler by model label and field."""
    return dict(_handlers)
