"""When the report is due: working days of the laboratory with its cut-off, or calendar days (LAB-004, Annex 4 no. 2)."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from kefu.kernel.worktime import WeekHours, WorkCalendar
from kefu.lab.rules import Reckoning, report_due

SHANGHAI = ZoneInfo("Asia/Shanghai")
OPEN = ((time(8), time(17)),)
WEEK = WeekHours((OPEN, OPEN, OPEN, OPEN, OPEN, (), ()))
WORKING = Reckoning(WorkCalendar(WEEK, frozenset({date(2026, 10, 1), date(2026, 10, 2)})), time(15))


def moment(month, day, hour=9, minute=0):
    return datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.req("LAB-004")
def test_the_worked_example_counts_calendar_days_of_the_slowest_test():
    in_calendar_days = Reckoning(WORKING.calendar, time(15), calendar_days=True)
    due = report_due(in_calendar_days, moment(3, 3), [7, 14, 10])
    assert (due.starts_on, due.days, due.due_on) == (date(2026, 3, 3), 14, date(2026, 3, 17))


@pytest.mark.parametrize(
    ("start", "days", "starts_on", "due_on"),
    [
        (moment(3, 3), 14, date(2026, 3, 3), date(2026, 3, 23)),
        (moment(3, 3, 14, 59), 1, date(2026, 3, 3), date(2026, 3, 4)),
        (moment(3, 3, 15), 1, date(2026, 3, 4), date(2026, 3, 5)),
        (moment(3, 6, 16), 1, date(2026, 3, 9), date(2026, 3, 10)),
        (moment(3, 7), 3, date(2026, 3, 9), date(2026, 3, 12)),
        (moment(9, 30), 2, date(2026, 9, 30), date(2026, 10, 6)),
    ],
)
def test_working_days_skip_weekends_and_holidays_and_the_cut_off_moves_to_the_next_day(start, days, starts_on, due_on):
    due = report_due(WORKING, start, [1, days])
    assert (due.starts_on, due.due_on) == (starts_on, due_on)


def test_an_order_without_tests_has_no_report_date():
    with pytest.raises(ValueError, match="empty"):
        report_due(WORKING, moment(3, 3), [])
