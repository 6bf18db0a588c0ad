"""How promises and moments are put into words. Plain Python: no clock, no settings, all times already local."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

TONES: Final = ("late", "soon", "done", "move", "pause", "quiet", "accent")
"""Colours with a meaning; a clock that is in time has the tone "ok", which has no colour."""

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
DAY: Final = timedelta(days=1)
STEP: Final = 5
"""A fuse has a class for every 5 percent, because the content policy forbids inline style."""


def _(text: str) -> str:
    """Mark a phrase for the catalogue; wording.py translates it."""
    return text


@dataclass(frozen=True)
class Phrases:
    """The sentences of clocks and moments in one language.

    Dates may use {year}, {month} and {day} as numbers, and {mon} from `months`, twelve words with spaces between.
    """

    left: str = _("还有 {span}")
    late: str = _("超时 {span}")
    just_late: str = _("刚超时")
    paused: str = _("停表 · 等{who}")
    before: str = _("{time} 前")
    was_due: str = _("应 {time}")
    instant: str = _("不到 1 分")
    minutes: str = _("{m} 分")
    hours: str = _("{h} 小时")
    hours_minutes: str = _("{h} 小时 {m:02d} 分")
    days: str = _("{d} 天")
    today: str = _("今天")
    tomorrow: str = _("明天")
    yesterday: str = _("昨天")
    months: str = _("一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月")
    this_year: str = _("{month}月{day}日")
    other_year: str = _("{year}-{month:02d}-{day:02d}")
    full: str = _("{year}年{month}月{day}日 {time}")
    day_time: str = _("{day} {time}")


CHINESE: Final = Phrases()


@dataclass(frozen=True)
class ClockView:
    """A promise as the clock component shows it.

    `tone` is ok, soon, late or pause; `left_percent` the part of the time that is left, 0 to 100 in steps of 5.
    `due`, `started` and `soon_share` let the browser go on counting; `due` is None while the clock stands.
    """

    tone: str
    words: str
    left_percent: int
    due_words: str
    due: datetime | None = None
    started: datetime | None = None
    soon_share: float = 0.2


def clock(
    due: datetime,
    started: datetime | None,
    now: datetime,
    soon_share: float = 0.2,
    *,
    paused_for: str = "",
    until: datetime | None = None,
    phrases: Phrases = CHINESE,
) -> ClockView:
    """Say how a promise stands.

    `soon_share` is the configured share of the whole time under which it becomes urgent. A stopped clock names whom
    it waits for (`paused_for`) and, if known, the day it goes on (`until`). Without `started` nothing is ever soon.
    """
    left = due - now
    share = _share(left, due, started)
    percent = _percent(share)
    if paused_for:
        day = when_words(until, now, phrases, timed=False) if until else ""
        return ClockView("pause", phrases.paused.format(who=paused_for), percent, day)
    if left <= timedelta(0):
        words = phrases.just_late if -left < MINUTE else phrases.late.format(span=span_words(-left, phrases))
        was_due = phrases.was_due.format(time=_short(due, now, phrases))
        return ClockView("late", words, 0, was_due, due, started, soon_share)
    tone = "soon" if started is not None and share <= soon_share else "ok"
    in_words = phrases.left.format(span=span_words(left, phrases))
    if left < DAY or due.date() == now.date():
        return ClockView(
            tone, in_words, percent, phrases.before.format(time=_short(due, now, phrases)), due, started, soon_share
        )
    return ClockView(tone, when_words(due, now, phrases, timed=True), percent, in_words, due, started, soon_share)


def span_words(span: timedelta, phrases: Phrases = CHINESE) -> str:
    """A length of time as people say it, never longer than it is: 12 分, 1 小时 05 分, 16 小时, 3 天.

    Minutes are left out from ten hours on, hours from one day on.
    """
    minutes = span // MINUTE
    if minutes < 1:
        return phrases.instant
    if span < HOUR:
        return phrases.minutes.format(m=minutes)
    if span >= DAY:
        return phrases.days.format(d=span // DAY)
    hours, rest = divmod(minutes, 60)
    whole = rest == 0 or hours >= 10
    return phrases.hours.format(h=hours) if whole else phrases.hours_minutes.format(h=hours, m=rest)


def when_words(value: date, now: datetime, phrases: Phrases = CHINESE, *, timed: bool | None = None) -> str:
    """A moment or day as people say it: 今天 14:30, 明天 09:30, 3月12日, 2025-04-18.

    By default the time is told for yesterday, today and tomorrow only; `timed` asks for it always or never.
    A plain date has no time.
    """
    moment = value if isinstance(value, datetime) else None
    day = moment.date() if moment else value
    name = {0: phrases.today, 1: phrases.tomorrow, -1: phrases.yesterday}.get((day - now.date()).days)
    with_time = moment is not None and (bool(name) if timed is None else timed)
    said = name or date_words(day, now.year, phrases)
    return phrases.day_time.format(day=said, time=f"{moment:%H:%M}") if moment and with_time else said


def full_words(value: date, phrases: Phrases = CHINESE) -> str:
    """The absolute moment, for the title: 2026年3月12日 14:20."""
    time = f"{value:%H:%M}" if isinstance(value, datetime) else ""
    return _dated(phrases.full, value, phrases, time=time).strip()


def date_words(day: date, this_year: int, phrases: Phrases = CHINESE) -> str:
    """3月12日 in this year, 2025-04-18 in another."""
    pattern = phrases.this_year if day.year == this_year else phrases.other_year
    return _dated(pattern, day, phrases)


def _dated(pattern: str, day: date, phrases: Phrases, **more: str) -> str:
    mon = phrases.months.split()[day.month - 1]
    return pattern.format(year=day.year, month=day.month, day=day.day, mon=mon, **more)


def _short(due: datetime, now: datetime, phrases: Phrases) -> str:
    """The time alone when it is today, else the day (昨天) or, for tomorrow, both."""
    if due.date() == now.date():
        return f"{due:%H:%M}"
    return when_words(due, now, phrases, timed=due > now)


def _share(left: timedelta, due: datetime, started: datetime | None) -> float:
    if started is None or due <= started:
        return 1.0 if left > timedelta(0) else 0.0
    return max(0.0, min(1.0, left / (due - started)))


def _percent(share: float) -> int:
    """Rounded to a step; something is still seen as long as something is left."""
    return max(round(share * 100 / STEP) * STEP, STEP) if share > 0 else 0
