"""Working calendars as rows: opening hours per weekday, public holidays, make-up workdays, calling times, festivals.

`queries.calendar_of(code)` gives the kernel's WorkCalendar; the arithmetic is the kernel's.
"""
