"""The calendars of a centre, the laboratory and the call centre with the official holidays of 2026."""

from datetime import date, datetime, time, timedelta

from kefu.kernel.worktime import WeekHours, WorkCalendar

FRIDAY, MONDAY = 4, 0


def days(first: str, last: str) -> set[date]:
    """Every date from the first to the last, both included."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return {start + timedelta(n) for n in range((end - start).days + 1)}


HOLIDAYS = frozenset(
    days("2026-01-01", "2026-01-03")
    | days("2026-02-15", "2026-02-23")
    | days("2026-04-04", "2026-04-06")
    | days("2026-05-01", "2026-05-05")
    | days("2026-06-19", "2026-06-21")
    | days("2026-09-25", "2026-09-27")
    | days("2026-10-01", "2026-10-07")
)
MAKEUP = {
    date(2026, 1, 4): MONDAY,
    date(2026, 2, 14): FRIDAY,
    date(2026, 2, 28): FRIDAY,
    date(2026, 5, 9): FRIDAY,
    date(2026, 9, 20): MONDAY,
    date(2026, 10, 10): FRIDAY,
}


def weekdays(*ranges: tuple[str, str]) -> dict[str, list[dict[str, str]]]:
    """The same hours from Monday to Friday."""
    return {name: [{"from": one, "to": other} for one, other in ranges] for name in ("mon", "tue", "wed", "thu", "fri")}


CENTRE = WorkCalendar(WeekHours.parse(weekdays(("08:30", "12:00"), ("13:00", "17:30"))), HOLIDAYS, MAKEUP)
LABORATORY = WorkCalendar(WeekHours.parse(weekdays(("08:00", "12:00"), ("13:00", "17:00"))), HOLIDAYS, MAKEUP)
CALL_CENTRE = WorkCalendar(
    WeekHours.parse(
        weekdays(("08:00", "20:00"))
        | {"sat": [{"from": "08:30", "to": "18:00"}], "sun": [{"from": "08:30", "to": "18:00"}]}
    )
)
CLOCK = WorkCalendar(WeekHours((((time(0), time(0)),),) * 7))


def at(text: str) -> datetime:
    """A moment of 2026 in Shanghai: `at("02-13 16:20")`."""
    return datetime.fromisoformat(f"2026-{text}+08:00")
