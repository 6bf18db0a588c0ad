"""A customer waits on the own pages, takes the time that is kept, or does not want it (APT-004, APT-013)."""

from collections.abc import Iterator

import pytest
from django.test import Client

from kefu.appointments import actions as desk
from kefu.appointments.models import Appointment, OfferedPlace, WaitlistEntry
from kefu.appointments.tests.scene import o_clock, person
from kefu.appointments.tests.waiting import MINUTE, cancel, full_day, texts, wait
from kefu.customers.models import ConsentEntry, Customer
from kefu.foundation.jobs.testing import run_pending
from kefu.portal.tests.visiting import NEW, at, browser, enter, words
from kefu.testing.cast import Cast
from kefu.testing.scenes import scene
from kefu.testing.stories import customer_of

pytestmark = pytest.mark.django_db
NEW_WAIT = "/portal/waitlist/new/"
CHOSEN = {"item": "first_visit", "node": "BJ", "doctor": "2002"}
DAYS = {"first": "2026-11-24", "last": "2026-11-24", "agreed": "on"}


@pytest.fixture(autouse=True)
def texts_leave() -> Iterator[None]:
    with texts():
        yield


@scene
def full(cast: Cast) -> list[Appointment]:
    return full_day(cast)


@pytest.fixture(autouse=True)
def story_time(settings: object) -> None:
    settings.TEST_CLOCK = True  # type: ignore[attr-defined]


@pytest.fixture
def customer(cast: Cast, full: list[Appointment]) -> Customer:
    return customer_of(cast)


@pytest.fixture
def client(customer: Customer) -> Client:
    return enter(browser())


@pytest.mark.req("APT-004")
@pytest.mark.req("APT-013", part="alternatives")
def test_a_customer_waits_and_takes_the_time_that_becomes_free(
    cast: Cast, customer: Customer, client: Client, full: list[Appointment]
) -> None:  # fmt: skip
    page = words(client.get("/portal/booking/", query_params=CHOSEN))
    assert (
        "没有合适的时间？候补" in page and "/portal/waitlist/new/?item=first_visit&amp;node=BJ&amp;doctor=2002" in page
    )
    assert "等哪些日子" in words(client.get(NEW_WAIT, query_params=CHOSEN))
    answer = client.post(NEW_WAIT, {"first": "2026-11-24", "last": "2026-11-24"}, query_params=CHOSEN)
    assert answer.status_code == 422 and "请先看过隐私说明" in words(answer)
    answer = client.post(NEW_WAIT, DAYS | {"parts": ["morning"], "note": "想早一点"}, query_params=CHOSEN)
    row = WaitlistEntry.objects.get()
    assert answer.url == f"/portal/waitlist/{row.pk}/"  # type: ignore[attr-defined]
    assert (row.customer, row.doctor, row.channel, row.parts, row.note) == (
        customer,
        cast.doctor,
        "online",
        ["morning"],
        "想早一点",
    )
    assert ConsentEntry.objects.filter(customer=customer, scope="health_data").exists()
    assert "正在候补" in words(client.get(f"/portal/waitlist/{row.pk}/"))

    cancel(cast, full[0], cast.at + MINUTE)
    mine = words(client.get("/portal/mine/", headers=at(2)))
    assert "有空位，等答复" in mine and f"/portal/waitlist/{row.pk}/" in mine
    page = words(client.get(f"/portal/waitlist/{row.pk}/", headers=at(2)))
    assert "有空位了" in page and "2026-11-24 星期二 09:00" in page and "今天 11:01" in page
    shown = {"place": row.places.get().pk}
    unread = client.post(f"/portal/waitlist/{row.pk}/choice/", shown, headers=at(2))
    assert unread.status_code == 409 and "请核对事项和时间" in words(unread)
    answer = client.post(f"/portal/waitlist/{row.pk}/choice/", shown | {"read_back": "on"}, headers=at(2))
    made = Appointment.objects.get(customer=customer)
    assert answer.url == f"/portal/appointments/{made.pk}/" and made.start == o_clock(9)  # type: ignore[attr-defined]
    again = client.post(f"/portal/waitlist/{row.pk}/choice/", shown | {"read_back": "on"}, headers=at(3))
    assert again.status_code == 409
    assert "看预约" in words(client.get(f"/portal/waitlist/{row.pk}/", headers=at(3)))


def test_another_time_please_and_then_no_more(
    cast: Cast, customer: Customer, client: Client, full: list[Appointment]
) -> None:
    client.post(NEW_WAIT, DAYS, query_params=CHOSEN)
    row = WaitlistEntry.objects.get()
    wait(cast, person(cast, "白示后", "10000000022"), at=cast.at + MINUTE)
    cancel(cast, full[0], cast.at + 2 * MINUTE)
    assert client.post(f"/portal/waitlist/{row.pk}/refusal/", headers=at(3)).status_code == 409
    shown = {"place": row.places.get().pk}
    assert client.post(f"/portal/waitlist/{row.pk}/refusal/", shown, headers=at(3)).status_code == 302
    run_pending(cast.at + 3 * MINUTE)
    assert OfferedPlace.objects.latest("pk").entry.customer.name == "白示后"
    assert client.post(f"/portal/waitlist/{row.pk}/refusal/", shown, headers=at(4)).status_code == 409
    assert client.post(f"/portal/waitlist/{row.pk}/withdrawal/", headers=at(5)).status_code == 302
    row.refresh_from_db()
    assert (row.state, row.steps.last().by) == ("withdrawn", cast.system)  # type: ignore[union-attr]
    assert client.post(f"/portal/waitlist/{row.pk}/withdrawal/", headers=at(6)).status_code == 409


@pytest.mark.req("APT-013", part="alternatives")
def test_a_page_that_shows_one_time_never_answers_for_another(
    cast: Cast, customer: Customer, client: Client, full: list[Appointment]
) -> None:  # fmt: skip
    """Nine o'clock lapses while its page is open and ten o'clock is kept instead: neither button of the old page touches ten."""
    client.post(NEW_WAIT, DAYS, query_params=CHOSEN)
    row = WaitlistEntry.objects.get()
    cancel(cast, full[0], cast.at + MINUTE)
    nine = row.places.get()
    page = words(client.get(f"/portal/waitlist/{row.pk}/", headers=at(2)))
    assert page.count(f'<input type="hidden" name="place" value="{nine.pk}">') == 2
    run_pending(nine.until)
    cancel(cast, full[2], nine.until + MINUTE)
    ten = row.places.latest("pk")
    assert (ten.start, ten.answer) == (o_clock(10), "open")
    for way in ("choice", "refusal"):
        stale = client.post(f"/portal/waitlist/{row.pk}/{way}/", {"place": nine.pk, "read_back": "on"}, headers=at(123))
        ten.refresh_from_db()
        assert (stale.status_code, ten.answer) == (409, "open")
        assert "2026-11-24 星期二 10:00" in words(stale)
    assert not Appointment.objects.filter(customer=customer).exists()
    fresh = client.post(f"/portal/waitlist/{row.pk}/choice/", {"place": ten.pk, "read_back": "on"}, headers=at(123))
    assert fresh.status_code == 302 and Appointment.objects.get(customer=customer).start == o_clock(10)


def test_a_time_that_ran_out_is_not_taken_and_bad_days_are_named(
    cast: Cast, customer: Customer, client: Client, full: list[Appointment]
) -> None:  # fmt: skip
    for wrong in ({"first": "nonsense"}, {"last": "2030-01-01"}, {"last": "2026-11-20"}, {"parts": ["night"]}):
        assert client.post(NEW_WAIT, DAYS | wrong, query_params=CHOSEN).status_code == 422
    assert not WaitlistEntry.objects.exists()
    client.post(NEW_WAIT, DAYS, query_params=CHOSEN)
    row = WaitlistEntry.objects.get()
    cancel(cast, full[0], cast.at + MINUTE)
    late = {"place": row.places.get().pk, "read_back": "on"}
    page = client.post(f"/portal/waitlist/{row.pk}/choice/", late, headers=at(122))
    assert page.status_code == 409 and "已到期" in words(page)
    desk.leave_waitlist(entry=row, by=cast.manager, at=cast.at + 122 * MINUTE)
    free = client.post(NEW_WAIT, DAYS, query_params=CHOSEN, headers=at(123))
    assert free.status_code == 409 and "这段时间还有空档" in words(free)


def test_what_somebody_else_waits_for_is_not_found_and_a_stranger_is_not_asked(
    cast: Cast, customer: Customer, client: Client, full: list[Appointment]
) -> None:  # fmt: skip
    other = wait(cast, person(cast, "白示后", "10000000022"))
    for way in ("", "choice/", "refusal/", "withdrawal/"):
        answer = getattr(client, "post" if way else "get")(f"/portal/waitlist/{other.pk}/{way}")
        assert answer.status_code == 404
    stranger = enter(browser(), NEW)
    assert "没有合适的时间？候补" not in words(stranger.get("/portal/booking/", query_params=CHOSEN))
    assert stranger.post(NEW_WAIT, DAYS, query_params=CHOSEN).status_code == 302
    assert stranger.get(f"/portal/waitlist/{other.pk}/").status_code == 404
    assert WaitlistEntry.objects.count() == 1
