"""Moments are told as people say them, and exactly on hover."""

from datetime import date, datetime

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

from kefu.foundation.ui.rules import Phrases, date_words, full_words, when_words

NOW = datetime(2026, 3, 12, 14, 20)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (datetime(2026, 3, 12, 14, 30), "今天 14:30"),
        (datetime(2026, 3, 13, 9, 30), "明天 09:30"),
        (datetime(2026, 3, 11, 8, 5), "昨天 08:05"),
        (datetime(2026, 3, 14, 9, 30), "3月14日"),
        (datetime(2025, 4, 18, 9, 30), "2025-04-18"),
        (date(2026, 3, 12), "今天"),
        (date(2026, 6, 10), "6月10日"),
    ],
)
def test_a_moment_is_told_by_its_nearness(value, words):
    assert when_words(value, NOW) == words


def test_the_time_can_be_asked_for_or_left_out():
    assert when_words(datetime(2026, 3, 17, 17, 30), NOW, timed=True) == "3月17日 17:30"
    assert when_words(datetime(2026, 3, 12, 17, 30), NOW, timed=False) == "今天"


def test_a_date_is_never_called_today_where_the_date_is_asked():
    assert date_words(date(2026, 3, 12), 2026) == "3月12日"


def test_the_exact_moment_has_year_and_time():
    assert full_words(datetime(2026, 3, 12, 14, 20)) == "2026年3月12日 14:20"
    assert full_words(date(2026, 3, 12)) == "2026年3月12日"


def test_a_language_may_name_its_months():
    english = Phrases(months="Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec", this_year="{day} {mon}")
    assert date_words(date(2026, 3, 12), 2026, english) == "12 Mar"


def test_the_tag_tells_local_time_and_keeps_the_absolute_one_for_hover():
    now = timezone.make_aware(NOW)
    said = datetime.fromisoformat("2026-03-12T06:30:00+00:00")
    with translation.override("zh-hans"):
        html = Template("{% when said %}").render(Context({"now": now, "said": said}))
    assert html == '<time datetime="2026-03-12T14:30:00+08:00" title="2026年3月12日 14:30">今天 14:30</time>'


def test_the_frame_says_what_time_counts():
    now = timezone.make_aware(NOW)
    due = timezone.make_aware(datetime(2026, 3, 12, 14, 32))
    with translation.override("zh-hans"):
        assert Template("{% left due %}").render(Context({"frame": {"now": now}, "due": due})) == "还有 12 分"
