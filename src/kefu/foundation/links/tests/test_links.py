"""A link opens one thing, once, until its time runs out."""

from datetime import timedelta

import pytest

from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.links.actions import end_links, give_link, use_link
from kefu.foundation.links.models import Link
from kefu.foundation.links.queries import made_since, open_link
from kefu.kernel.errors import Refused

PURPOSE = "story.door"
DOOR = frozenset({PURPOSE})
LASTS = timedelta(hours=1)
ONE, OTHER = Subject("user", 1), Subject("user", 2)


@action
def give(*, subject=ONE, by=None, at):
    record("story.link.given", by=by, at=at)
    return give_link(purpose=PURPOSE, subject=subject, lasts=LASTS, at=at)


@action
def use(*, token, purposes=DOOR, by=None, at):
    record("story.link.used", by=by, at=at)
    return use_link(token=token, purposes=purposes, at=at)


@action
def call_back(*, subject, by=None, at):
    record("story.link.ended", by=by, at=at)
    return end_links(subject=subject, purposes=DOOR, at=at)


def test_looking_uses_nothing_up_and_using_is_for_once(cast):
    token = give(at=cast.at)
    assert all(open_link(token, DOOR, cast.at) for _look in range(3))
    assert use(token=token, at=cast.at).subject_id == 1
    assert open_link(token, DOOR, cast.at) is None
    with pytest.raises(Refused, match="已经用过或过期"):
        use(token=token, at=cast.at)


def test_it_ends_with_its_time_and_serves_its_own_purpose_only(cast):
    token = give(at=cast.at)
    assert open_link(token, frozenset({"story.window"}), cast.at) is None
    assert open_link(token, DOOR, cast.at + LASTS - timedelta(seconds=1))
    with pytest.raises(Refused):
        use(token=token, at=cast.at + LASTS)
    for guess in ("", "x", token[:-1], token + "x", "长" * 500):
        assert open_link(guess, DOOR, cast.at) is None


def test_a_new_link_ends_the_one_before_and_nobody_elses(cast):
    first, foreign = give(at=cast.at), give(subject=OTHER, at=cast.at)
    second = give(at=cast.at + timedelta(minutes=1))
    assert open_link(first, DOOR, cast.at + timedelta(minutes=1)) is None
    assert call_back(subject=ONE, at=cast.at + timedelta(minutes=2)) == 1
    assert open_link(second, DOOR, cast.at + timedelta(minutes=2)) is None
    assert open_link(foreign, DOOR, cast.at + timedelta(minutes=2))
    assert made_since(ONE, PURPOSE, cast.at) == 2 and made_since(ONE, PURPOSE, cast.at + timedelta(minutes=1)) == 1


def test_the_table_does_not_hold_the_words(cast):
    token = give(at=cast.at)
    row = Link.objects.values_list().get()
    assert token not in str(row) and len(token) >= 32
