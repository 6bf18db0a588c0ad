"""Waits double up to a ceiling."""

from datetime import timedelta

from kefu.foundation.outbox.rules import wait_before_retry

FIRST, LONGEST = timedelta(seconds=30), timedelta(hours=1)


def test_waits_double_up_to_the_longest_and_stay_there():
    waits = [wait_before_retry(attempts, first=FIRST, longest=LONGEST) for attempts in (1, 2, 3, 7, 8, 10_000)]

    assert [wait.total_seconds() for wait in waits] == [30, 60, 120, 1920, 3600, 3600]
