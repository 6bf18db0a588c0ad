"""A timetable as it is drawn: columns of blocks on one time axis. Plain Python on what was read before; places are classes of `calendar.css`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Literal

from django.utils.translation import gettext as _

from kefu.appointments.rules import Hours, Slot
from kefu.foundation.ui.inputs import Status, Words
from kefu.kernel.periods import Period
from kefu.kernel.worktime.calendars import SHANGHAI

Span = Period[datetime]
STEP = 5
"""Minutes of a row of the axis."""
HALF = timedelta(minutes=30)
USUAL = (time(8, 30), time(17, 30))
TIGHT, TIGHTER = 20, 10
"""Slots shorter than so many minutes need higher rows, so that a name still fits into one."""


@dataclass(frozen=True)
class Booked:
    """A booking as its block shows it. Without `url` it is somebody else's: only that the time is taken is said."""

    span: Span
    url: str = ""
    pk: int = 0
    name: str = ""
    type: Words = ""
    note: Words = ""
    status: Status | None = None
    movable: bool = False


@dataclass(frozen=True)
class Free:
    """A slot that can be booked at `url`; without one it has passed, or booking is not the reader's right."""

    slot: Slot
    url: str = ""
    doctor_id: int = 0
    doctor: str = ""


@dataclass(frozen=True)
class Block:
    """What stands in one place of a column."""

    kind: Literal["booked", "free", "off"]
    span: Span
    rows: tuple[Booked, ...] = ()
    free: Free | None = None
    words: Words = ""

    @property
    def place(self) -> str:
        """Where it stands on the axis."""
        return place(self.span)

    @property
    def short(self) -> bool:
        """Whether there is room for one line only."""
        return self.span.end - self.span.start < HALF

    @property
    def minutes(self) -> int:
        """How long it is."""
        return int((self.span.end - self.span.start).total_seconds() // 60)


@dataclass(frozen=True)
class Column:
    """What one column shows: a doctor's, a room's or a day's."""

    title: Words
    note: Words
    day: date
    hours: tuple[Hours, ...] = ()
    away: tuple[Span, ...] = ()
    free: tuple[Free, ...] = ()
    booked: tuple[Booked, ...] = ()
    away_words: Words = ""
    url: str = ""
    current: bool = False


@dataclass(frozen=True)
class Drawn:
    """A column with its blocks in order of time."""

    column: Column
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Sheet:
    """Columns side by side under one axis."""

    columns: tuple[Drawn, ...]
    opens: time
    closes: time
    shortest: int
    now: datetime | None = None

    @property
    def classes(self) -> str:
        """The hour the axis begins with, and how high a row is."""
        density = "cal-tighter" if self.shortest < TIGHTER else "cal-tight" if self.shortest < TIGHT else "cal-usual"
        half = " cal-half" if self.opens.minute else ""
        return f"cal-from-{self.opens.hour}{half} {density}"

    @property
    def marks(self) -> list[tuple[str, str]]:
        """Every half hour with its place on the axis."""
        day = date(2000, 1, 1)
        moment, end = (datetime.combine(day, one, SHANGHAI) for one in (self.opens, self.closes))
        found = []
        while moment < end:
            found.append((f"{moment:%H:%M}", place(Period(moment, moment + HALF))))
            moment += HALF
        return found

    @property
    def now_place(self) -> str:
        """Where the line of the present moment is drawn; empty outside the axis."""
        local = self.now.astimezone(SHANGHAI) if self.now else None
        if local is None or not self.opens <= local.time() < self.closes:
            return ""
        return place(Period(local, local + timedelta(minutes=STEP)))

    @property
    def now_words(self) -> str:
        """The present moment."""
        return f"{self.now.astimezone(SHANGHAI):%H:%M}" if self.now else ""


def place(span: Span) -> str:
    """A period as the classes of its place, to five minutes."""
    start, end = (moment.astimezone(SHANGHAI) for moment in (span.start, span.end))
    until = end.hour * 60 + -(-end.minute // STEP) * STEP + (24 * 60 if end.date() > start.date() else 0)
    return f"cal-h-{start.hour} cal-m-{start.minute // STEP * STEP} cal-eh-{until // 60} cal-em-{until % 60}"


def draw(columns: Sequence[Column], now: datetime | None) -> Sheet:
    """Columns on the axis they share: from the first hour anybody holds or is booked to the last."""
    starts = [one.opens for column in columns for one in column.hours]
    ends = [one.closes for column in columns for one in column.hours]
    for booked in (one for column in columns for one in column.booked):
        starts.append(booked.span.start.astimezone(SHANGHAI).time())
        ends.append(booked.span.end.astimezone(SHANGHAI).time())
    opens = _half(min(starts or [USUAL[0]]), up=False)
    closes = _half(max(ends or [USUAL[1]]), up=True)
    lengths = [one.slot_minutes for column in columns for one in column.hours]
    drawn = tuple(Drawn(column, tuple(_blocks(column, opens, closes))) for column in columns)
    return Sheet(drawn, opens, closes, min(lengths, default=30), now)


def _half(moment: time, *, up: bool) -> time:
    minutes = moment.hour * 60 + moment.minute
    whole = -(-minutes // 30) * 30 if up else minutes // 30 * 30
    return time(23, 59) if whole >= 24 * 60 else time(whole // 60, whole % 60)


def _blocks(column: Column, opens: time, closes: time) -> Iterator[Block]:
    first, last = (datetime.combine(column.day, moment, SHANGHAI) for moment in (opens, closes))
    taken = [Block("booked", Period(rows[0].span.start, max(one.span.end for one in rows)), tuple(rows))
             for rows in _together(column.booked)]  # fmt: skip
    left = []
    for one in column.free:
        span = Period(one.slot.start, one.slot.end)
        shared = next(
            (n for n, block in enumerate(taken) if block.span.start < span.end and span.start < block.span.end), None
        )
        if shared is None:
            left.append(Block("free", span, free=one))
        elif one.url:  # a session with places left
            taken[shared] = replace(taken[shared], free=one)
    off = [Block("off", span, words=words) for span, words in _closed(column, first, last)]
    yield from sorted([*off, *left, *taken], key=lambda block: (block.span.start, block.kind))


def _together(booked: Iterable[Booked]) -> Iterator[list[Booked]]:
    """Bookings that overlap (a group, a missed one whose time was given away) share a place."""
    rows: list[Booked] = []
    for one in sorted(booked, key=lambda row: (row.span.start, row.span.end)):
        if rows and one.span.start >= max(row.span.end for row in rows):
            yield rows
            rows = []
        rows.append(one)
    if rows:
        yield rows


def _closed(column: Column, first: datetime, last: datetime) -> Iterator[tuple[Span, Words]]:
    """When nobody is there, and why."""
    held = sorted(
        (datetime.combine(column.day, one.opens, SHANGHAI), datetime.combine(column.day, one.closes, SHANGHAI))
        for one in column.hours
    )
    at = first
    for opens, closes in held:
        if opens > at:
            words = _("%(time)s 开诊") if at == first else _("休息到 %(time)s")
            yield Period(at, opens), words % {"time": f"{opens:%H:%M}"}
        at = max(at, closes)
    if at < last:
        yield Period(at, last), _("%(time)s 下班") % {"time": f"{at:%H:%M}"} if held else _("不出诊")
    for span in column.away:
        start, end = max(span.start, first), min(span.end, last)
        if start < end:
            yield Period(start, end), column.away_words or _("请假")
