"""Tables of the dispatch registers: runs and what is short, goods a carrier brings back, wishes, daily lists."""

from kefu.dispatch.models.backs import Back, BackLine
from kefu.dispatch.models.days import DayList
from kefu.dispatch.models.runs import Run, RunLine, RunTold, ShortItem, ShortSupply
from kefu.dispatch.models.wishes import Wish, WishNote, WishReading

__all__ = [
    "Back",
    "BackLine",
    "DayList",
    "Run",
    "RunLine",
    "RunTold",
    "ShortItem",
    "ShortSupply",
    "Wish",
    "WishNote",
    "WishReading",
]
