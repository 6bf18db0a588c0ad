"""Calendars outside the house: what a program reads behind a secret address, and what it never learns."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
import vobject
from django.test import Client
from django.urls import reverse

from kefu.administration.actions.limits import set_limit
from kefu.appointments import actions
from kefu.appointments.actions.feeds import count_fetch, end_feed, make_feed
from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.ical import one_event, short_name
from kefu.appointments.models import Appointment, CalendarFeed
from kefu.appointments.queries.feeds import feed_named
from kefu.appointments.tests.test_booking import NINE, book, open_clinic
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.kernel.errors import Forbidden, OutOfScope
from kefu.organisation.models import Room, User
from kefu.testing.cast import Cast, build_cast
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]


@pytest.fixture
def booked(cast: Cast) -> Appointment:
    open_clinic(cast)
    return book(cast, customer_of(cast))


@pytest.fixture
def program(cast: Cast, settings: object) -> Client:
    """A calendar program: nobody is logged in."""
    settings.TEST_CLOCK = True  # type: ignore[attr-defined]
    return Client(headers={"X-Kefu-At": cast.at.isoformat()})


def address(secret: str) -> str:
    return reverse("appointments:calendar", args=[secret])


def events(answer) -> list:  # type: ignore[no-untyped-def,type-arg]
    """The events as another library reads them."""
    return list(vobject.readOne(answer.content.decode()).contents.get("vevent", []))


def test_a_doctor_reads_own_bookings_without_learning_more_than_a_surname(
    cast: Cast, booked: Appointment, program: Client
) -> None:
    secret = make_feed(doctor=cast.doctor, by=cast.doctor, at=cast.at)
    answer = program.get(address(secret))
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    (event,) = events(answer)
    assert event.summary.value == "初诊 · 沈女士"
    assert event.location.value == "北京朝阳中心 一诊室"
    assert (event.dtstart.value, event.dtend.value) == (NINE, NINE + timedelta(minutes=30))
    assert event.dtstart.value.utcoffset() == timedelta(0)
    assert (event.sequence.value, event.status.value) == ("0", "CONFIRMED")
    words = answer.content.decode()
    for kept in ("沈知夏", "10000000001", cast.manager.name):
        assert kept not in words
    assert answer["Cache-Control"] == "private, no-cache"


def test_a_change_keeps_the_uid_and_counts_up_and_a_cancellation_is_said(
    cast: Cast, booked: Appointment, program: Client
) -> None:
    secret = make_feed(doctor=cast.doctor, by=cast.doctor, at=cast.at)
    (first,) = events(program.get(address(secret)))
    later = cast.at + timedelta(hours=1)
    actions.move(appointment=booked, start=NINE + timedelta(hours=1), by=cast.manager, at=later)
    (moved,) = events(program.get(address(secret)))
    assert (moved.uid.value, moved.sequence.value) == (first.uid.value, "1")
    assert moved.dtstart.value == NINE + timedelta(hours=1)
    assert moved.last_modified.value == moved.dtstamp.value == later.astimezone(UTC)
    actions.cancel(appointment=booked, code="time", by=cast.manager, at=later + timedelta(hours=1))
    (gone,) = events(program.get(address(secret)))
    assert (gone.uid.value, gone.sequence.value, gone.status.value) == (first.uid.value, "2", "CANCELLED")


def test_nothing_new_is_not_sent_again(cast: Cast, booked: Appointment, program: Client) -> None:
    secret = make_feed(doctor=cast.doctor, by=cast.doctor, at=cast.at)
    tag = program.get(address(secret))["ETag"]
    again = program.get(address(secret), headers={"If-None-Match": tag})
    assert (again.status_code, again.content) == (304, b"")
    actions.set_status(appointment=booked, status=AppointmentStatus.ARRIVED, by=cast.manager, at=NINE)
    assert program.get(address(secret), headers={"If-None-Match": tag}).status_code == 200


def test_a_secret_ends_when_it_is_called_back_renewed_or_the_doctor_leaves(
    cast: Cast, booked: Appointment, program: Client
) -> None:
    old = make_feed(doctor=cast.doctor, by=cast.doctor, at=cast.at)
    new = make_feed(doctor=cast.doctor, by=cast.director, at=cast.at)
    assert program.get(address(old)).status_code == 404
    assert program.get(address(new)).status_code == 200
    end_feed(feed=CalendarFeed.objects.get(ended_at__isnull=True), by=cast.doctor, at=cast.at)
    assert program.get(address(new)).status_code == 404
    assert program.get(address("guessed")).status_code == 404
    last = make_feed(doctor=cast.doctor, by=cast.doctor, at=cast.at)
    User.objects.filter(pk=cast.doctor.pk).update(is_active=False)
    assert program.get(address(last)).status_code == 404
    codes = list(
        AuditEntry.objects.filter(code__startswith="appointments.calendar")
        .order_by("pk")
        .values_list("code", flat=True)
    )
    made, ended = "appointments.calendar.made", "appointments.calendar.ended"
    assert codes == [made, ended, made, ended, made]
    kept = "".join(str(entry.changes) for entry in AuditEntry.objects.all()) + str(
        list(CalendarFeed.objects.values_list("digest"))
    )
    assert old not in kept
    assert new not in kept


def test_only_the_doctor_and_who_keeps_the_schedules_make_one(cast: Cast, booked: Appointment) -> None:
    room = Room.objects.get(code="BJ-R1")
    for person, refusal in (
        (cast.doctor2, OutOfScope),
        (cast.sh_doctor, OutOfScope),
        (cast.manager, Forbidden),
        (cast.keeper, Forbidden),
    ):
        with pytest.raises(refusal):
            make_feed(doctor=cast.doctor, by=person, at=cast.at)
    make_feed(doctor=cast.doctor, by=cast.doctor, at=cast.at)
    feed = CalendarFeed.objects.get()
    with pytest.raises(OutOfScope):
        end_feed(feed=feed, by=cast.doctor2, at=cast.at)
    with pytest.raises(OutOfScope):
        make_feed(room=room, by=cast.doctor, at=cast.at)
    assert CalendarFeed.objects.get().ended_at is None


def test_a_room_has_a_calendar_too(cast: Cast, booked: Appointment, program: Client) -> None:
    secret = make_feed(room=Room.objects.get(code="BJ-R1"), by=cast.director, at=cast.at)
    assert [event.summary.value for event in events(program.get(address(secret)))] == ["初诊 · 沈女士"]


def test_whoever_made_an_address_reads_no_more_by_it_than_at_work(
    cast: Cast, booked: Appointment, program: Client
) -> None:
    secret = make_feed(doctor=cast.doctor, by=cast.director, at=cast.at)
    assert len(events(program.get(address(secret)))) == 1
    cast.director.grants.update(node=cast.sh)
    assert events(program.get(address(secret))) == []
    User.objects.filter(pk=cast.director.pk).update(is_active=False)
    assert program.get(address(secret)).status_code == 404


def test_full_names_only_where_the_house_says_so_and_no_customer_whose_data_rests(
    cast: Cast, booked: Appointment, program: Client
) -> None:
    secret = make_feed(doctor=cast.doctor, by=cast.doctor, at=cast.at)
    set_limit(
        code="appointments.feed_names", value=True, valid_from=cast.at.date(), node=None, by=cast.admin, at=cast.at
    )
    assert [event.summary.value for event in events(program.get(address(secret)))] == ["初诊 · 沈知夏"]
    Customer.objects.filter(pk=booked.customer_id).update(restricted_at=cast.at)
    assert events(program.get(address(secret))) == []


def test_whoever_asks_all_the_time_is_told_to_wait_and_no_log_tells_the_secret(
    cast: Cast, booked: Appointment, program: Client, caplog: pytest.LogCaptureFixture
) -> None:
    secret = make_feed(doctor=cast.doctor, by=cast.doctor, at=cast.at)
    feed = feed_named(secret)
    assert feed is not None
    assert [count_fetch(feed=feed, by=cast.doctor, at=cast.at) for _time in range(60)] == [True] * 60
    answer = program.get(address(secret))
    assert (answer.status_code, answer["Retry-After"]) == (429, "3600")
    assert program.get(address("guessed")).status_code == 404
    assert [record.getMessage() for record in caplog.records if "/calendar/" in record.getMessage()] == []
    assert count_fetch(feed=feed, by=cast.doctor, at=cast.at + timedelta(hours=1))


def test_the_address_is_shown_once(cast: Cast, booked: Appointment, login: Login, program: Client) -> None:
    doctor = login(cast.doctor)
    page = doctor.get("/appointments/calendars/").content.decode()
    assert cast.doctor2.name not in page
    made = doctor.post(f"/appointments/calendars/doctors/{cast.doctor.pk}/")
    assert made["Cache-Control"] == "private, no-store"
    shown = made.content.decode().split('id="ap-address" value="')[1].split('"')[0]
    assert shown.startswith("http://testserver/calendar/")
    assert program.get(shown.removeprefix("http://testserver")).status_code == 200
    assert shown not in doctor.get("/appointments/calendars/").content.decode()
    assert doctor.post(f"/appointments/calendars/doctors/{cast.doctor2.pk}/").status_code == 404
    doctor.post(f"/appointments/calendars/{CalendarFeed.objects.get().pk}/ending/")
    assert program.get(shown.removeprefix("http://testserver")).status_code == 404


def test_the_customer_takes_one_booking_along(cast: Cast, booked: Appointment) -> None:
    text = one_event(booked).decode()
    event = vobject.readOne(text).vevent
    assert (event.summary.value, event.description.value) == ("初诊 · 北京朝阳中心", cast.doctor.name)
    assert event.dtstart.value == datetime(2026, 11, 24, 1, tzinfo=UTC)
    assert "METHOD:PUBLISH" in text
    assert "沈" not in text


@pytest.mark.parametrize(("name", "sex", "short"), [("沈知夏", "female", "沈女士"), ("欧阳明珠", "female", "欧阳女士"), ("陆川", "", "陆客户"), ("John Doe", "male", "J.")])  # fmt: skip
def test_a_short_name_never_tells_the_whole(name: str, sex: str, short: str) -> None:
    assert short_name(Customer(name=name, sex=sex)) == short


@pytest.mark.django_db(transaction=True)
def test_two_secrets_at_the_same_moment_leave_one_that_counts() -> None:
    cast = build_cast()
    got = at_once([partial(make_feed, doctor=cast.doctor, by=cast.doctor, at=cast.at) for _each in range(4)])
    assert all(isinstance(one, str) for one in got)
    assert CalendarFeed.objects.filter(ended_at__isnull=True).count() == 1
