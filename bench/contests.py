"""What is measured: a piece of our work beside the same work as plain SQL, and the bar it has to keep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.ground import Ground
from bench.measuring import Work


@dataclass(frozen=True)
class Contest:
    """Our work and its limit, on one ground. `detail` tells the contests of one case apart."""

    ours: Work
    limit: Work | None = None
    detail: str = ""


@dataclass(frozen=True)
class Case:
    """A row of the results; of several contests the worst counts. `per` divides both times, such as by the lines of a slip."""

    name: str
    unit: str
    rounds: int
    prepare: Callable[[Ground, int], Sequence[Contest]]
    per: int = 1


@dataclass(frozen=True)
class Result:
    """The figures of a case at one size; times in milliseconds."""

    name: str
    size: str
    ours_ms: float
    limit_ms: float | None
    queries: int
    unit: str
    detail: str = ""

    @property
    def ratio(self) -> float | None:
        """Ours to the limit."""
        return self.ours_ms / self.limit_ms if self.limit_ms else None
