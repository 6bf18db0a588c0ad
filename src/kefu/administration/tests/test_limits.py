"""A number of the catalogue changes from a day on, for everywhere or for one place; the past stays as it was."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from kefu.administration.actions.limits import set_limit
from kefu.administration.rules import read_value, write_value
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.limits.registry import limit
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope

CALLS = limit("story.calls", 3, "最多打几次", unit="times", source="NFR-003")
RATE = limit("story.rate", Decimal("0.80"), "折扣")
GREETING = limit("story.greeting", True, "节日问候")


@pytest.mark.req("NFR-003", part="effective dates")
def test_a_value_counts_from_its_day_on_and_only_there(cast):
    set_limit(code="story.calls", value=5, valid_from=date(2026, 12, 1), by=cast.admin, at=cast.at)
    set_limit(code="story.calls", value=2, valid_from=date(2026, 12, 1), node=cast.sh, by=cast.admin, at=cast.at)

    before, after = cast.at, cast.at + timedelta(days=8)
    assert [CALLS.on(before), CALLS.on(after)] == [3, 5]
    assert [CALLS.on(after, node_id=cast.sh.pk), CALLS.on(after, node_id=cast.bj.pk)] == [2, 5]
    rows = AuditEntry.objects.filter(code="administration.limit.set").order_by("id")
    assert [row.changes["value"] for row in rows] == [[3, 5], [5, 2]]


@pytest.mark.req("NFR-003", part="effective dates")
def test_the_past_is_not_rewritten(cast):
    with pytest.raises(Invalid):
        set_limit(code="story.calls", value=5, valid_from=date(2026, 11, 22), by=cast.admin, at=cast.at)
    set_limit(code="story.calls", value=5, valid_from=date(2026, 11, 23), by=cast.admin, at=cast.at)
    assert [CALLS.on(cast.at - timedelta(days=1)), CALLS.on(cast.at)] == [3, 5]


def test_values_keep_their_kind(cast):
    set_limit(code="story.rate", value=Decimal("0.75"), valid_from=date(2026, 11, 23), by=cast.admin, at=cast.at)
    assert RATE.on(cast.at) == Decimal("0.75")
    with pytest.raises(Invalid):
        set_limit(code="story.calls", value="5", valid_from=date(2026, 11, 23), by=cast.admin, at=cast.at)
    with pytest.raises(OutOfScope):
        set_limit(code="story.unknown", value=5, valid_from=date(2026, 11, 23), by=cast.admin, at=cast.at)
    with pytest.raises(Forbidden):
        set_limit(code="story.calls", value=5, valid_from=date(2026, 11, 23), by=cast.director, at=cast.at)


def test_the_page_reads_what_is_typed_and_shows_the_history(cast, login):
    page = login(cast.admin)
    assert "最多打几次" in page.get("/limits/").content.decode()

    wrong = page.post("/limits/story.calls/", {"value": "many", "valid_from": "2026-12-01"})
    assert wrong.status_code == 422 and "要填 0 以上的整数" in wrong.content.decode()
    assert page.post("/limits/story.calls/", {"value": "6", "valid_from": "2026-12-01"}).status_code == 302

    shown = page.get("/limits/story.calls/").content.decode()
    assert "现在 3" in shown and "还没到" in shown and "林示宁" in shown
    assert "1 次将来的改动" in page.get("/limits/").content.decode()
    assert page.get("/limits/story.unknown/").status_code == 404


def test_a_yes_or_no_is_chosen_and_shown_in_words(cast, login):
    page = login(cast.admin)
    assert "现在 是" in page.get("/limits/story.greeting/").content.decode()
    assert page.post("/limits/story.greeting/", {"value": "maybe", "valid_from": "2026-11-23"}).status_code == 422
    assert page.post("/limits/story.greeting/", {"value": "no", "valid_from": "2026-11-23"}).status_code == 302
    shown = page.get("/limits/story.greeting/").content.decode()
    assert "现在 否" in shown and "出厂 是" in shown
    assert GREETING.on(cast.at) is False


@pytest.mark.parametrize(
    ("text", "like", "value"),
    [("12", 3, 12), ("60，180", [1], [60, 180]), ("0.75", Decimal("0.80"), Decimal("0.75")), ("yes", False, True), ("no", True, False), (" 08:30 ", "x", "08:30")],
)  # fmt: skip
def test_what_is_typed_is_read_as_the_kind_it_replaces(text, like, value):
    assert read_value(text, like) == value
    assert read_value(write_value(value), like) == value


@pytest.mark.parametrize(("text", "like"), [("-1", 3), ("1.5", 3), ("", [1]), ("NaN", Decimal(1)), ("maybe", True), ("99999999999", 1), ("", "x")])  # fmt: skip
def test_what_can_not_be_a_value_is_refused(text, like):
    with pytest.raises(ValueError):
        read_value(text, like)
