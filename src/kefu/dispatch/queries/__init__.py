"""Reads of the dispatch registers."""

from kefu.dispatch.queries.days import DayRow, day_counts, day_listed, day_of, day_rows, figures_of
from kefu.dispatch.queries.listing import (
    BACK,
    DAY,
    RUN,
    SHORT,
    WISH,
    backs_listed,
    department,
    lines_listed,
    returnable,
    runs_listed,
    short_listed,
    wishes_listed,
)

__all__ = [
    "BACK",
    "DAY",
    "RUN",
    "SHORT",
    "WISH",
    "DayRow",
    "backs_listed",
    "day_counts",
    "day_listed",
    "day_of",
    "day_rows",
    "department",
    "figures_of",
    "lines_listed",
    "returnable",
    "runs_listed",
    "short_listed",
    "wishes_listed",
]
