"""Working time: opening hours, holidays and make-up workdays, deadlines and how they came about.

Everything is interval arithmetic over days; nothing counts minutes one by one.
"""

from kefu.kernel.worktime.amounts import WorkAmount, WorkUnit
from kefu.kernel.worktime.arithmetic import NeverOpenError, add_workdays, add_worktime, due, elapsed, next_open
from kefu.kernel.worktime.calendars import DayHours, WeekHours, WorkCalendar, is_workday, ranges_on
from kefu.kernel.worktime.explanation import Step, StepKind, explain

__all__ = [
    "DayHours",
    "NeverOpenError",
    "Step",
    "StepKind",
    "WeekHours",
    "WorkAmount",
    "WorkCalendar",
    "WorkUnit",
    "add_workdays",
    "add_worktime",
    "due",
    "elapsed",
    "explain",
    "is_workday",
    "next_open",
    "ranges_on",
]
