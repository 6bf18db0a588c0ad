"""The timetable on screen: a day by doctor or room, a week, one's own bookings, and what it costs to look."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentStatus, AppointmentType, Settlement
from kefu.appointments.models import Appointment
from kefu.appointments.queries.clinics import clinic_days
from kefu.appointments.queries.sheets import read
from kefu.appointments.tests.test_booking import NINE, TUESDAY, open_clinic
from kefu.customers.models import Customer
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]
FIRST = AppointmentType.FIRST_VISIT
DAY = "/appointments/?day=2026-11-24"


@pytest.fixture
def customer(cast: Cast) -> Customer:
    open_clinic(cast)
    return customer_of(cast)


def book(cast: Cast, customer: Customer, start: datetime = NINE, doctor: User | None = None) -> Appointment:
    return actions.book(customer=customer, doctor=doctor or cast.doctor, node=cast.bj, type=FIRST, start=start, by=cast.manager, at=cast.at)  # fmt: skip


def page(login: Login, user: User, address: str) -> str:
    return login(user).get(address).content.decode()


@pytest.mark.req("APT-002")
def test_the_day_shows_who_comes_and_what_is_free(cast: Cast, login: Login, customer: Customer) -> None:
    book(cast, customer)
    shown = page(login, cast.manager, DAY)
    assert "1 位 · 已到 0 · 还空 11 档" in " ".join(shown.split())
    assert 'class="cal-at cal-b cal-h-9 cal-m-0 cal-eh-9 cal-em-30"' in shown
    assert "沈知夏" in shown
    assert "已预约" in shown
    start = f"node={cast.bj.pk}&amp;doctor={cast.doctor.pk}&amp;start=2026-11-24T09%3A30%3A00%2B08%3A00"
    assert f"/appointments/new/?{start}" in shown
    assert "09:30 何示宁 空档，新预约" in shown


def test_by_room_each_room_is_a_column(cast: Cast, login: Login, customer: Customer) -> None:
    book(cast, customer)
    shown = page(login, cast.manager, f"{DAY}&by=room")
    assert shown.index('aria-label="一诊室"') < shown.index("沈知夏") < shown.index('aria-label="未定诊室"')


def test_leave_is_hatched_and_says_who_must_be_asked_for_another_time(
    cast: Cast, login: Login, customer: Customer
) -> None:
    booked = book(cast, customer)
    known = {booked.pk: actions.Decision(Settlement.OPEN)}
    actions.take_leave(doctor=cast.doctor, node=cast.bj, first=TUESDAY, last=TUESDAY, closes=time(10), reason="开会", decisions=known, by=cast.director, at=cast.at)  # fmt: skip
    shown = page(login, cast.manager, DAY)
    assert "请假碰到 1 位，等改约" in shown
    assert "请假，1 位要改约" in shown
    assert f'href="/appointments/{booked.pk}/time/"' in shown


@pytest.mark.req("APT-005")
def test_a_doctor_sees_that_a_colleague_is_booked_but_not_with_whom(
    cast: Cast, login: Login, customer: Customer
) -> None:
    theirs = customer_of(cast, "陶映川", "10000000002")
    Customer.objects.filter(pk=theirs.pk).update(doctor=cast.doctor2)
    book(cast, theirs, doctor=cast.doctor2)
    shown = page(login, cast.doctor, DAY)
    assert "陶映川" not in shown
    assert "已约" in shown


@pytest.mark.req("APT-005")
def test_the_doctor_sees_the_own_bookings_of_today_tomorrow_and_this_week(
    cast: Cast, login: Login, customer: Customer
) -> None:
    for day in (0, 3):
        actions.add_hours(doctor=cast.doctor, node=cast.bj, room=None, weekday=day, opens=time(14), closes=time(16), slot_minutes=30,
                          valid_from=date(2026, 1, 1), by=cast.director, at=cast.at)  # fmt: skip
    others = [customer_of(cast, f"白示{n}", f"1000000100{n}") for n in range(2)]
    book(cast, customer, NINE - timedelta(hours=19))  # today 14:00
    book(cast, others[0])
    book(cast, others[1], NINE + timedelta(days=2, hours=5))
    shown = page(login, cast.doctor, "/appointments/mine/").partition('id="own"')[2]
    order = [
        shown.index(words)
        for words in ("今天", "14:00–14:30", "沈知夏", "明天 1", "09:00–09:30", "白示0", "本周其余", "白示1")
    ]
    assert order == sorted(order)
    assert "沈知夏" not in page(login, cast.doctor2, "/appointments/mine/")


def test_who_is_late_and_who_waits_is_said_in_words(
    cast: Cast, login: Login, customer: Customer, monkeypatch: pytest.MonkeyPatch
) -> None:
    booked = book(cast, customer)
    waiting = book(cast, customer_of(cast, "陶映川", "10000000002"), NINE + timedelta(minutes=30))
    at = NINE + timedelta(minutes=50)
    actions.set_status(
        appointment=waiting, status=AppointmentStatus.ARRIVED, by=cast.manager, at=NINE + timedelta(minutes=25)
    )
    lines = {line.row.pk: line.status for line in read(cast.manager, cast.bj, [TUESDAY], at).lines}
    assert (lines[booked.pk].tone, str(lines[booked.pk].word)) == ("late", "没到，已过 50 分")
    assert (lines[waiting.pk].tone, str(lines[waiting.pk].word)) == ("move", "已到，等了 25 分")
    soon = {
        line.row.pk: line.status for line in read(cast.manager, cast.bj, [TUESDAY], NINE - timedelta(minutes=40)).lines
    }
    assert (soon[booked.pk].tone, str(soon[booked.pk].word)) == ("soon", "还有 40 分")


def test_the_week_counts_by_doctor_and_shows_one_doctor_hour_by_hour(
    cast: Cast, login: Login, customer: Customer
) -> None:
    book(cast, customer)
    whole = " ".join(page(login, cast.manager, "/appointments/week/?day=2026-11-24").split())
    assert "1 位" in whole
    assert "空 5 档" in whole
    own = page(login, cast.manager, f"/appointments/week/?day=2026-11-24&doctor={cast.doctor.pk}")
    assert own.count('class="cal-col"') == 7
    assert "沈知夏" in own


def test_a_day_costs_the_same_for_two_doctors_and_for_twelve(cast: Cast, login: Login, customer: Customer) -> None:
    manager = login(cast.manager)

    def cost(address: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert manager.get(address).status_code == 200
        return len(queries)

    addresses = (
        DAY,
        f"{DAY}&by=room",
        "/appointments/week/?day=2026-11-24",
        f"/customers/{customer.pk}/appointments/new/?doctor=",
    )
    book(cast, customer)
    for address in addresses:
        cost(address)
    few = [cost(address) for address in addresses]
    for n in range(10):
        doctor = User.objects.create(
            username=f"d{n}", job_number=f"77{n:02}", name=f"白示{n}", node=cast.bj, undertaking_signed_on=TUESDAY
        )
        actions.add_hours(doctor=doctor, node=cast.bj, room=None, weekday=1, opens=time(9), closes=time(12), slot_minutes=30,
                          valid_from=date(2026, 1, 1), by=cast.director, at=cast.at)  # fmt: skip
    *pages, offer = [cost(address) for address in addresses]
    assert pages == few[:3]
    assert offer <= few[3]  # with more doctors fewer days have to be read
    assert len(clinic_days([cast.bj], [TUESDAY], cast.at)) == 12


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "heute"])
def test_a_day_beyond_all_calendars_is_today(cast: Cast, login: Callable[[User], Client], day: str) -> None:
    browser = login(cast.manager)
    for name in ("day", "week"):
        assert browser.get(reverse(f"appointments:{name}"), {"day": day}).status_code == 200
