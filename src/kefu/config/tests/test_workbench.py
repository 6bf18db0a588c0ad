"""The first page: what one owes, in one's own language, at the same cost for one thing and for many."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from kefu.appointments import actions as appointments
from kefu.appointments.choices import AppointmentType
from kefu.appointments.tests.test_booking import NINE, open_clinic
from kefu.config.workbench import bands, owed
from kefu.customers.actions.standing import Classified, track
from kefu.customers.choices import Demand
from kefu.followup.models import FollowUp
from kefu.journey.tests.walking import Walk, start_walk
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]


@pytest.fixture
def walk(cast: Cast) -> Walk:
    return start_walk(cast)


def told(user: User, at: datetime) -> list[tuple[str, str]]:
    fresh = User.objects.get(pk=user.pk)
    return [(item.group, item.customer_name) for item in owed(fresh, at)]


@pytest.mark.req("NFR-004", part="appointments")
def test_todays_bookings_are_on_the_list(walk: Walk) -> None:
    open_clinic(walk.cast)
    cast = walk.cast
    appointments.book(
        customer=walk.customer,
        doctor=cast.doctor,
        node=cast.bj,
        type=AppointmentType.FIRST_VISIT,
        start=NINE,
        by=cast.manager,
        at=cast.at,
    )
    assert ("appointment", "沈知夏") in told(cast.manager, NINE - timedelta(hours=1))
    assert ("appointment", "沈知夏") not in told(cast.manager, cast.at)
    assert ("appointment", "沈知夏") not in told(cast.manager2, NINE)


@pytest.mark.req("NFR-004", part="follow-ups")
def test_contacts_that_fall_due_are_on_the_list(walk: Walk) -> None:
    walk.to("interpretation")
    due = FollowUp.objects.get(customer=walk.customer, code="d2").due_at
    assert ("followup", "沈知夏") in told(walk.cast.service, due)
    assert ("followup", "沈知夏") not in told(walk.cast.service, walk.at)


@pytest.mark.req("NFR-004", part="trackings")
def test_tracking_entries_that_fall_due_are_on_the_list(cast: Cast) -> None:
    customer = customer_of(cast)
    track(customer=customer, note="想等结果", classes=Classified(Demand.LATENT), by=cast.manager, at=cast.at)
    assert ("tracking", "沈知夏") not in told(cast.manager, cast.at + timedelta(days=29))
    assert ("tracking", "沈知夏") in told(cast.manager, cast.at + timedelta(days=30))
    assert ("tracking", "沈知夏") not in told(cast.manager2, cast.at + timedelta(days=30))


@pytest.mark.req("NFR-004", part="reports")
def test_reports_to_review_are_the_consulting_departments(walk: Walk) -> None:
    walk.to("sample_collected")
    walk.results()
    found = owed(User.objects.get(pk=walk.cast.consulting.pk), walk.at)
    assert any(item.customer_name == "沈知夏" and "/reports/" in item.url for item in found)
    assert all("/reports/" not in item.url for item in owed(User.objects.get(pk=walk.cast.manager.pk), walk.at))


@pytest.mark.req("NFR-004", part="journey steps")
def test_the_promise_that_breaks_first_stands_first(walk: Walk) -> None:
    customer_of(walk.cast, name="陶映川", phone="10000000002", sex="male")
    later = walk.journey.due_at + timedelta(hours=1)
    found = bands(owed(User.objects.get(pk=walk.cast.doctor.pk), later), later)
    assert [band.code for band in found] == ["late"]
    assert [row.customer.name for row in found[0].rows] == ["沈知夏", "陶映川"]


def test_the_page_costs_the_same_for_one_thing_and_for_twenty(walk: Walk, login: Login) -> None:
    browser = login(walk.cast.doctor)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert browser.get("/").status_code == 200
        return len(queries)

    cost()
    one = cost()
    for number in range(20):
        customer_of(walk.cast, name=f"客户{number}", phone=f"100000010{number:02d}")
    assert cost() == one


@pytest.mark.req("NFR-006")
def test_screens_are_chinese_first_and_english_on_request(walk: Walk, login: Login) -> None:
    browser = login(walk.cast.doctor)
    assert "今天还欠 1 件" in browser.get("/").content.decode()
    assert Client().get("/login/").headers["Content-Language"] == "zh-hans"
    browser.post("/i18n/setlang/", {"language": "en", "next": "/"})
    page = browser.get("/").content.decode()
    assert 'lang="en"' in page
    assert "件" not in page.split('id="main"')[1]
