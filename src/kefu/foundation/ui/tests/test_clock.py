"""Zhou Min reads on her workbench how each promise stands, at 14:20 on Thursday 12 March 2026."""

from datetime import datetime, timedelta

import pytest

from kefu.foundation.ui.rules import Phrases, clock, span_words

NOW = datetime(2026, 3, 12, 14, 20)
ENGLISH = Phrases(left="{span} left", minutes="{m} min", before="before {time}")


def today(hour: int, minute: int) -> datetime:
    return NOW.replace(hour=hour, minute=minute)


def test_a_promise_with_time_left_has_no_colour():
    view = clock(today(17, 30), today(13, 20), NOW)
    assert (view.tone, view.words, view.due_words, view.left_percent) == ("ok", "还有 3 小时 10 分", "17:30 前", 75)


def test_it_becomes_urgent_when_a_fifth_of_its_time_is_left():
    view = clock(today(14, 32), today(12, 0), NOW)
    assert (view.tone, view.words, view.due_words, view.left_percent) == ("soon", "还有 12 分", "14:32 前", 10)


@pytest.mark.parametrize(("share", "tone"), [(0.19, "ok"), (0.2, "soon"), (0.21, "soon")])
def test_the_share_that_counts_as_urgent_is_configured(share, tone):
    assert clock(today(14, 40), today(13, 0), NOW, share).tone == tone


def test_a_broken_promise_counts_upwards():
    view = clock(today(13, 15), today(11, 15), NOW)
    assert (view.tone, view.words, view.due_words, view.left_percent) == ("late", "超时 1 小时 05 分", "应 13:15", 0)


def test_a_promise_due_this_very_minute_is_just_late():
    assert clock(NOW, today(12, 0), NOW).words == "刚超时"
    assert clock(NOW - timedelta(seconds=59), today(12, 0), NOW).words == "刚超时"


def test_a_promise_of_yesterday_names_the_day():
    view = clock(NOW - timedelta(days=1, hours=1), NOW - timedelta(days=15), NOW)
    assert (view.words, view.due_words) == ("超时 1 天", "应 昨天")


def test_a_promise_further_off_than_a_day_is_told_by_its_date():
    view = clock(NOW + timedelta(days=5), NOW - timedelta(days=1), NOW)
    assert (view.tone, view.words, view.due_words) == ("ok", "3月17日 14:20", "还有 5 天")


def test_a_promise_of_tomorrow_morning_is_less_than_a_day_away():
    assert clock(NOW + timedelta(hours=19), NOW, NOW).words == "还有 19 小时"


def test_a_stopped_clock_names_whom_it_waits_for():
    view = clock(
        NOW + timedelta(days=4), NOW - timedelta(days=1), NOW, paused_for="检验室", until=NOW + timedelta(days=2)
    )
    assert (view.tone, view.words, view.due_words, view.due) == ("pause", "停表 · 等检验室", "3月14日", None)


def test_a_stopped_clock_is_not_late():
    assert clock(today(13, 0), today(12, 0), NOW, paused_for="客户").tone == "pause"


def test_without_a_beginning_nothing_is_urgent_until_it_is_late():
    assert clock(today(14, 21), None, NOW).tone == "ok"
    assert clock(today(14, 19), None, NOW).tone == "late"


def test_something_is_seen_of_the_fuse_as_long_as_something_is_left():
    assert clock(NOW + timedelta(minutes=1), NOW - timedelta(days=30), NOW).left_percent == 5


def test_the_words_come_from_the_phrases_given():
    assert clock(today(14, 32), today(12, 0), NOW, phrases=ENGLISH).words == "12 min left"


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (timedelta(seconds=59), "不到 1 分"),
        (timedelta(minutes=1), "1 分"),
        (timedelta(minutes=59, seconds=59), "59 分"),
        (timedelta(hours=1), "1 小时"),
        (timedelta(hours=1, minutes=5), "1 小时 05 分"),
        (timedelta(hours=9, minutes=59), "9 小时 59 分"),
        (timedelta(hours=16, minutes=40), "16 小时"),
        (timedelta(hours=23, minutes=59), "23 小时"),
        (timedelta(days=1), "1 天"),
        (timedelta(days=2, hours=23), "2 天"),
    ],
)
def test_a_span_is_never_told_longer_than_it_is(span, words):
    assert span_words(span) == words
