"""A booking is made; the doctor's bell rings, the doctor reads it, and nobody else can."""

import json
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from kefu.foundation.audit.trail import action, record
from kefu.foundation.notices import queries, wording
from kefu.foundation.notices.actions import mark_all_read, mark_read, tell
from kefu.foundation.notices.models import Notice
from kefu.foundation.notices.rules import fill, places
from kefu.kernel.errors import OutOfScope
from kefu.testing.cast import AT, build_cast

TEXTS = {
    ("booking_new", "zh-hans"): "{date}{time}新增预约：{item}。",
    ("booking_new", "en"): "New booking {date} {time}: {item}.",
}
wording.register(lambda code, language: TEXTS.get((code, language)))
BOOKED = {"date": "12月3日", "time": "14:30", "item": "初诊"}


def tell_of_booking(users, at=AT, **what):
    """What an action does that tells colleagues about a booking."""
    return _book(users=users, by=None, at=at, what={"code": "booking_new", "values": BOOKED, **what})


@action
def _book(*, users, by, at, what):
    record("test.booked", by=by, at=at)
    return tell(users=users, at=at, **what)


def test_each_colleague_is_told_once_in_the_own_language(cast):
    cast.doctor2.language = "en"
    cast.doctor2.save()

    tell_of_booking([cast.doctor, cast.doctor, cast.doctor2], link="/appointments/7/", customer_id=5)

    (first,), (second,) = queries.latest(cast.doctor), queries.latest(cast.doctor2)
    assert first.text == "12月3日14:30新增预约：初诊。"
    assert second.text == "New booking 12月3日 14:30: 初诊."
    assert (first.code, first.link, first.customer_id, first.at) == ("booking_new", "/appointments/7/", 5, AT)
    assert Notice.objects.count() == 2


def test_a_lazy_text_is_read_in_the_colleagues_language(cast):
    cast.doctor2.language = "en"
    cast.doctor2.save()

    tell_of_booking([cast.doctor, cast.doctor2], text=_("都看过了"))

    assert queries.latest(cast.doctor)[0].text == "都看过了"
    assert queries.latest(cast.doctor2)[0].text == "All read"


def test_colleagues_who_left_are_not_told(cast):
    cast.doctor.is_active = False
    cast.doctor.save()

    assert tell_of_booking([cast.doctor]) == []


def test_a_text_of_ones_own_needs_no_template_and_an_unknown_code_is_an_error(cast):
    tell_of_booking([cast.doctor], code="import_done", text="导入完成：成 98 行，没成 2 行。")

    assert queries.latest(cast.doctor)[0].text == "导入完成：成 98 行，没成 2 行。"
    with pytest.raises(LookupError, match="unknown_code"):
        tell_of_booking([cast.doctor], code="unknown_code")


def test_nobody_is_told_outside_an_action(cast):
    with pytest.raises(RuntimeError, match="outside an action"):
        tell(users=[cast.doctor], code="booking_new", values=BOOKED, at=AT)


def test_reading_counts_from_the_first_time(cast):
    one, _two = (tell_of_booking([cast.doctor])[0] for _number in range(2))
    assert queries.unread_count(cast.doctor) == 2

    mark_read(notice_id=one.pk, by=cast.doctor, at=AT)
    mark_read(notice_id=one.pk, by=cast.doctor, at=AT + timedelta(hours=1))

    one.refresh_from_db()
    assert (one.read_at, queries.unread_count(cast.doctor)) == (AT, 1)


def test_nobody_reads_the_bell_of_another(cast):
    (notice,) = tell_of_booking([cast.doctor])

    with pytest.raises(OutOfScope):
        mark_read(notice_id=notice.pk, by=cast.doctor2, at=AT)
    assert mark_all_read(by=cast.doctor2, at=AT) == 0
    assert queries.unread_count(cast.doctor) == 1


def test_pages_follow_one_another_without_gaps(cast, monkeypatch):
    monkeypatch.setattr(queries, "PAGE", 2)
    made = [tell_of_booking([cast.doctor])[0].pk for _number in range(5)]

    seen, after = [], ""
    while True:
        page = queries.page(cast.doctor, after)
        seen += [notice.pk for notice in page.rows]
        if not page.next:
            break
        after = page.next

    assert seen == made[::-1]
    assert queries.page(cast.doctor, "nonsense").rows[0].pk == made[-1]


def test_open_pages_hear_after_the_commit(transactional_db):
    cast = build_cast()
    address = {key.lower(): connection.settings_dict[key] for key in ("HOST", "PORT", "USER", "PASSWORD")}
    with psycopg.connect(dbname=connection.settings_dict["NAME"], autocommit=True, **address) as listening:
        listening.execute("listen kefu_events")
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            tell_of_booking([cast.doctor])
            1 / 0  # noqa: B018
        (notice,) = tell_of_booking([cast.doctor])

        (heard,) = listening.notifies(timeout=5, stop_after=1)

    assert json.loads(heard.payload) == {"to": f"user:{cast.doctor.pk}", "topic": "notice", "data": {"id": notice.pk}}


def test_places_are_filled_and_missing_values_named():
    assert places("{a}和{b}，{a}") == ["a", "b"]
    assert fill("{a}和{b}", {"a": 1, "b": "二"}) == "1和二"
    for missing in ({"a": 1}, {"a": 1, "b": None}, {"a": 1, "b": " "}):
        with pytest.raises(KeyError, match="b"):
            fill("{a}和{b}", missing)
