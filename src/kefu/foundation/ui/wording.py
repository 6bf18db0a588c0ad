"""Clocks and moments in the reader's language and time zone."""

from __future__ import annotations

from dataclasses import asdict, fields
from datetime import date, datetime
from functools import lru_cache

from django.utils import timezone
from django.utils.translation import get_language, gettext

from kefu.foundation.ui import rules
from kefu.foundation.ui.rules import ClockView, Phrases


def phrases() -> Phrases:
    """The phrases of the active language."""
    return _phrases(get_language() or "")


@lru_cache(maxsize=8)
def _phrases(_language: str) -> Phrases:
    return Phrases(**{field.name: gettext(str(field.default)) for field in fields(Phrases)})


def browser_words() -> dict[str, str]:
    """Everything the behaviours say: the phrases of clocks and a few sentences of their own."""
    return asdict(phrases()) | {
        "draft_saved": gettext("{time} 存了草稿"),
        "draft_waiting": gettext("草稿还没存上，网络通了自动再存"),
        "dismiss": gettext("知道了"),
        "offline": gettext("连不上服务器，刚才的没有提交，请再试一次"),
        "failed": gettext("没有办成，什么都没改。请再试一次，还不行请告诉管理员"),
    }


def clock(
    due: datetime,
    started: datetime | None,
    now: datetime,
    soon_share: float = 0.2,
    *,
    paused_for: str = "",
    until: datetime | None = None,
) -> ClockView:
    """Say how a promise stands, see rules.clock."""
    return rules.clock(
        timezone.localtime(due),
        timezone.localtime(started) if started else None,
        timezone.localtime(now),
        soon_share,
        paused_for=paused_for,
        until=timezone.localtime(until) if until else None,
        phrases=phrases(),
    )


def when(value: date, now: datetime, *, timed: bool | None = None) -> str:
    """A moment or day as people say it, see rules.when_words."""
    return rules.when_words(_local(value), timezone.localtime(now), phrases(), timed=timed)


def date_words(value: date, now: datetime) -> str:
    """The date as it is written, without the year in this year; never 今天."""
    return rules.date_words(_local(value), timezone.localtime(now).year, phrases())


def full(value: date) -> str:
    """The absolute moment, for a title."""
    return rules.full_words(_local(value), phrases())


def _local(value: date) -> date:
    return timezone.localtime(value) if isinstance(value, datetime) else value
