"""Timing contenders in turn, so that whatever else the machine does falls on all of them alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median
from time import perf_counter_ns

Work = Callable[[], object]
WARM_UP = 5


@contextmanager
def _without_collection() -> Iterator[None]:
    """The collector runs between the rounds and not within a timing."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def once(work: Work) -> float:
    """The time of one call in milliseconds."""
    started = perf_counter_ns()
    work()
    return (perf_counter_ns() - started) / 1e6


def in_turn(contenders: Sequence[Work], rounds: int) -> list[float]:
    """The median time of each contender in milliseconds, over so many rounds in which all take their turn.

    Every other round goes backwards: who always runs second finds the caches as the first has left them.
    """
    for _round in range(WARM_UP):
        for work in contenders:
            work()
    times: list[list[int]] = [[] for _work in contenders]
    with _without_collection():
        for number in range(rounds):
            order = range(len(contenders))
            for at in order if number % 2 == 0 else reversed(order):
                started = perf_counter_ns()
                contenders[at]()
                times[at].append(perf_counter_ns() - started)
            if number % 10 == 0:
                gc.collect()
    return [median(each) / 1e6 for each in times]
