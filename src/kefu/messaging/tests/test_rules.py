"""Quiet hours, channels, forms of address."""

from datetime import datetime, time
from zoneinfo import ZoneInfo

import pytest

from kefu.messaging.rules import choose_channel, courtesy, next_open, signed, titled

SHANGHAI = ZoneInfo("Asia/Shanghai")
NIGHT = (time(21, 0), time(8, 30))


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("written", "leaves"),
    [
        (at(23, 8, 30), at(23, 8, 30)),
        (at(23, 20, 59), at(23, 20, 59)),
        (at(23, 21, 0), at(24, 8, 30)),
        (at(23, 23, 59), at(24, 8, 30)),
        (at(24, 0, 0), at(24, 8, 30)),
        (at(24, 8, 29), at(24, 8, 30)),
    ],
)
def test_nobody_is_disturbed_between_nine_in_the_evening_and_half_past_eight(written, leaves):
    assert next_open(written, *NIGHT) == leaves


def test_quiet_hours_within_a_day():
    noon = (time(12, 0), time(13, 30))
    assert next_open(at(23, 12, 15), *noon) == at(23, 13, 30)
    assert next_open(at(23, 13, 30), *noon) == at(23, 13, 30)
    assert next_open(at(23, 3), *noon) == at(23, 3)


@pytest.mark.parametrize(
    ("addresses", "open_channels", "chosen"),
    [
        ({"sms": "1", "email": "2"}, {"sms", "email"}, ("sms", "1")),
        ({"sms": "1", "email": "2"}, {"email"}, ("email", "2")),
        ({"sms": "1", "email": "2"}, set(), ("sms", "1")),
        ({"email": "2"}, {"sms"}, ("email", "2")),
        ({"wechat": "3"}, {"wechat"}, None),
        ({}, {"sms"}, None),
    ],
)
def test_the_first_channel_with_an_address_wins_and_an_open_one_before_a_closed(addresses, open_channels, chosen):
    assert choose_channel(["sms", "email"], addresses, open_channels) == chosen


def test_people_are_addressed_by_surname():
    assert courtesy("王小梅", "female") == "王女士"
    assert courtesy("欧阳明", "male") == "欧阳先生"
    assert courtesy("欧阳", "male") == "欧先生"
    assert courtesy("王小梅", "") == "王小梅"
    assert courtesy("Anna Berg", "female") == "Anna Berg"
    assert courtesy(" ", "female") == ""
    assert titled("何示宁", "医生") == "何医生"


def test_the_signature_stands_first():
    assert signed("和康", "您好。") == "【和康】您好。"
