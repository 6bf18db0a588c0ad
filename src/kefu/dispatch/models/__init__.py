"""Tables of the dispatch registers: runs and what is short, goods a carrier brings back, wishes, daily lists and checks."""

from kefu.dispatch.models.backs import Back, BackLine
from kefu.dispatch.models.days import DayList
from kefu.dispatch.models.runs import Run, RunLine, RunTold, ShortItem, ShortSupply
from kefu.dispatch.models.sheets import ListingCorrection, SlipLine, SlipSheet
from kefu.dispatch.models.wishes import Wish, WishNote, WishReading

__all__ = [
    "Back",
    "BackLine",
    "DayList",
    "ListingCorrection",
    "Run",
    "RunLine",
    "RunTold",
    "ShortItem",
    "ShortSupply",
    "SlipLine",
    "SlipSheet",
    "Wish",
    "WishNote",
    "WishReading",
]
