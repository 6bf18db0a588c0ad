"""Plays all stories at once, in the order of their times, so that numbers, stock and the trail grow as they would have."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

Act = Callable[[datetime], None]


@dataclass(order=True)
class Scene:
    """Something that happens at a moment; `place` keeps scenes of one moment in their written order."""

    at: datetime
    place: int
    name: str = field(compare=False)
    act: Act = field(compare=False)


class StoryError(Exception):
    """A scene could not be played: the story does not fit the rules of the house."""


def in_order(scenes: Iterable[Scene], now: datetime) -> Iterator[Scene]:
    """The scenes by time. Raises StoryError for one that lies in the future."""
    waiting = list(scenes)
    heapq.heapify(waiting)
    while waiting:
        scene = heapq.heappop(waiting)
        if scene.at > now:
            raise StoryError(f"{scene.name} lies in the future: {scene.at}")
        yield scene


def play(scenes: Iterable[Scene], *, now: datetime, each_day: Act) -> int:
    """Play every scene; `each_day` is called before the first scene of a day, for what fell due meanwhile. Answers how many.

    Raises StoryError that names the scene which was refused.
    """
    count, day = 0, date.min
    for scene in in_order(scenes, now):
        if scene.at.date() > day:
            day = scene.at.date()
            each_day(scene.at)
        try:
            scene.act(scene.at)
        except Exception as error:
            raise StoryError(f"{scene.name} at {scene.at:%Y-%m-%d %H:%M}: {error!r}") from error
        count += 1
    return count
