"""What goes on when: courses of action that run side by side, each waiting for its next moment."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

from kefu.config.demo.play import StoryError
from kefu.kernel.errors import KefuError

Course = Generator[datetime, datetime, None]
"""It yields the moment at which it goes on, and is told that moment when it has come."""
Steps = Generator[datetime, datetime, datetime]
"""A part of a course; it answers when it ended."""
Stage = Generator[datetime, datetime, datetime | None]
"""The same, but None if the customer goes no further."""
Visit = Generator[datetime, datetime, tuple[datetime, bool]]
"""A booking; it answers when it ended and whether the customer is sitting before the doctor."""


@dataclass(order=True)
class _Waiting:
    at: datetime
    place: int
    name: str = field(compare=False)
    course: Course = field(compare=False)


class Agenda:
    """The courses by their next moment; of one moment, the one that asked first."""

    def __init__(self) -> None:
        self._waiting: list[_Waiting] = []
        self._places = count()
        self.refused: list[str] = []
        """Steps the rules of the house did not allow; the course ends there, as it would."""

    def begin(self, name: str, course: Course) -> None:
        """Let a course run from its first moment on."""
        self._put(name, course, next(course))

    def play(self, until: datetime, tell: Callable[[datetime], None]) -> int:
        """Let all go on up to a moment, what lies beyond stays undone; `tell` hears of each. Answers how many steps were taken.

        Raises StoryError that names the course that broke.
        """
        steps = 0
        while self._waiting and self._waiting[0].at <= until:
            steps += 1
            due = heapq.heappop(self._waiting)
            tell(due.at)
            self._go_on(due)
        return steps

    def _go_on(self, due: _Waiting) -> None:
        try:
            at = due.course.send(due.at)
        except StopIteration:
            return
        except KefuError as refusal:
            self.refused.append(f"{due.name} at {due.at:%Y-%m-%d %H:%M}: {refusal!r}")
            return
        except Exception as error:
            raise StoryError(f"{due.name} at {due.at:%Y-%m-%d %H:%M}: {error!r}") from error
        if at < due.at:
            raise StoryError(f"{due.name} goes on at {at}, before {due.at}")
        self._put(due.name, due.course, at)

    def _put(self, name: str, course: Course, at: datetime) -> None:
        heapq.heappush(self._waiting, _Waiting(at, next(self._places), name, course))
