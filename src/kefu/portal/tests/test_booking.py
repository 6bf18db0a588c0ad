"""Customers book online: somebody known, somebody new, another time, a time offered, and what is somebody else's."""

from datetime import date, timedelta

import pytest
import vobject
from django.test import Client

from kefu.appointments import actions as desk
from kefu.appointments.choices import AppointmentStatus, AppointmentType, RequestState
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.appointments.queries.requests import proposals
from kefu.appointments.tests.test_booking import NINE
from kefu.customers.models import ConsentEntry, Customer
from kefu.foundation.limits.models import LimitValue
from kefu.messaging.models import Message
from kefu.portal.tests.visiting import BOOK, NEW, PHONE, SLOT, at, browser, enter, set_up, words
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

pytestmark = pytest.mark.django_db
TICKS = {"agreed": "on", "read_back": "on"}
CONFIRM = "/portal/booking/confirmation/"


@pytest.fixture(autouse=True)
def story_time(settings: object) -> None:
    settings.TEST_CLOCK = True  # type: ignore[attr-defined]


@pytest.fixture
def customer(cast: Cast) -> Customer:
    return set_up(cast)


@pytest.fixture
def client(customer: Customer) -> Client:
    return enter(browser())


def confirm(client: Client, sent: dict[str, str], query: dict[str, str] = BOOK) -> object:
    return client.post(CONFIRM, sent, query_params=query)


def visit(cast: Cast, customer: Customer, start: object = NINE) -> Appointment:
    return desk.book(customer=customer, doctor=cast.doctor, node=cast.bj, type=AppointmentType.FIRST_VISIT, start=start, by=cast.manager, at=cast.at)  # type: ignore[arg-type]  # fmt: skip


@pytest.mark.req("APT-001")
@pytest.mark.req("APT-004")
def test_a_known_customer_asks_step_by_step_and_the_centre_answers(
    cast: Cast, customer: Customer, client: Client
) -> None:
    page = words(client.get("/portal/booking/"))
    assert "?item=first_visit" in page and "报告解读" in page
    page = words(client.get("/portal/booking/?item=first_visit"))
    assert "北京朝阳中心" in page and "上海徐汇中心" not in page  # nobody holds clinic there
    page = words(client.get("/portal/booking/?item=first_visit&node=BJ"))
    assert "何示宁" in page and "营养与代谢" in page and "何示文" not in page
    page = words(client.get("/portal/booking/?item=first_visit&node=BJ&doctor=2002"))
    assert "10:00" in page and "余 6" in page
    page = words(client.get(CONFIRM, query_params=BOOK))
    assert "2026-11-24 星期二 10:00" in page and "2 个工作小时内" in page and 'name="name"' not in page
    for missing, said in (({"agreed": "on"}, "请核对事项和时间"), ({"read_back": "on"}, "请先看过隐私说明")):
        answer = confirm(client, missing)
        assert answer.status_code == 422 and said in words(answer)  # type: ignore[attr-defined]
    answer = confirm(client, TICKS | {"wish": "要停车位"})
    row = AppointmentRequest.objects.get()
    assert answer.url == f"/portal/requests/{row.pk}/"  # type: ignore[attr-defined]
    assert (row.customer, row.channel, row.doctor, row.wish, row.phone) == (
        customer,
        "online",
        cast.doctor,
        "要停车位",
        PHONE,
    )
    assert row.wished.isoformat() == "2026-11-24T02:00:00+00:00"
    entry = ConsentEntry.objects.get(customer=customer)
    assert (entry.scope, entry.text.version, entry.method, entry.state) == ("health_data", 1, "online", "given")
    assert not Appointment.objects.exists()
    next_page = words(client.get(f"/portal/requests/{row.pk}/"))
    assert "申请已收到" in next_page and "今天 11:00" in next_page
    desk.accept(request=row, doctor=cast.doctor, start=row.wished, read_back=True, by=cast.manager, at=cast.at)
    assert "已约好" in words(client.get(f"/portal/requests/{row.pk}/"))
    assert "明天 10:00" in words(client.get("/portal/mine/"))
    assert 'name="agreed"' not in words(
        client.get(CONFIRM, query_params=BOOK | {"start": SLOT.replace("10:00", "11:00")})
    )


@pytest.mark.req("CUS-010", part="online registration")
def test_somebody_new_registers_by_asking(cast: Cast, customer: Customer) -> None:
    client = enter(browser(), NEW)
    page = words(client.get(CONFIRM, query_params=BOOK))
    assert 'name="name"' in page and 'name="sex"' in page
    answer = confirm(client, TICKS)
    assert answer.status_code == 422 and AppointmentRequest.objects.count() == 0  # type: ignore[attr-defined]
    confirm(client, TICKS | {"name": "白示安", "sex": "male", "email": "bai@example.com"})
    row = AppointmentRequest.objects.get()
    assert (row.customer, row.name, row.sex, row.phone, row.email) == (None, "白示安", "male", NEW, "bai@example.com")
    assert row.consent_text.version == 1
    assert Customer.objects.count() == 1
    booked = desk.accept(request=row, doctor=cast.doctor, start=row.wished, read_back=True, by=cast.manager, at=cast.at)
    lead = booked.customer
    assert (lead.name, lead.stage, lead.capture, lead.created_by) == ("白示安", "lead", "online", cast.manager)
    entry = ConsentEntry.objects.get(customer=lead)
    assert (entry.scope, entry.method, entry.text, entry.by) == ("health_data", "online", row.consent_text, cast.system)
    assert "白先生，您好" in words(client.get("/portal/mine/"))
    assert "明天 10:00" in words(client.get("/portal/mine/"))


@pytest.mark.req("APT-013", part="alternatives")
def test_a_customer_takes_a_time_that_was_offered(cast: Cast, customer: Customer, client: Client) -> None:
    confirm(client, TICKS)
    row = AppointmentRequest.objects.get()
    offers = desk.offer(request=row, times=proposals(row, cast.at), by=cast.service, at=cast.at)
    url = f"/portal/requests/{row.pk}/"
    page = words(client.get(url))
    assert "请选一个时间" in page and "2026-11-24 星期二 09:30" in page
    assert client.post(f"{url}choice/", {"offer": offers[0].pk}).status_code == 409
    assert client.post(f"{url}choice/", {"offer": "9" * 30, "read_back": "on"}).status_code == 409
    assert not Appointment.objects.exists()
    made = client.post(f"{url}choice/", {"offer": offers[0].pk, "read_back": "on"})
    booked = Appointment.objects.get(customer=customer)
    assert (made.url, booked.start, booked.channel) == (f"/portal/appointments/{booked.pk}/", offers[0].start, "online")
    assert row.steps.last().read_back


def test_an_offer_that_ran_out_is_not_taken(cast: Cast, customer: Customer, client: Client) -> None:
    confirm(client, TICKS)
    row = AppointmentRequest.objects.get()
    (one,) = desk.offer(request=row, times=proposals(row, cast.at)[:1], by=cast.service, at=cast.at)
    after = at((one.until - cast.at).total_seconds() / 60)
    answer = client.post(f"/portal/requests/{row.pk}/choice/", {"offer": one.pk, "read_back": "on"}, headers=after)
    assert (answer.status_code, "还有效的时间" in words(answer)) == (409, True)
    assert not Appointment.objects.exists()


def test_two_customers_wish_for_one_time_and_it_is_kept_for_the_first(
    cast: Cast, customer: Customer, client: Client
) -> None:
    confirm(client, TICKS)
    taken = confirm(enter(browser(), NEW), TICKS | {"name": "白示安", "sex": "male"})
    assert (taken.status_code, "刚被约走" in words(taken)) == (409, True)  # type: ignore[attr-defined]
    row = AppointmentRequest.objects.get()
    desk.accept(request=row, doctor=cast.doctor, start=row.wished, read_back=True, by=cast.manager, at=cast.at)
    assert Appointment.objects.get().customer == customer


def test_a_visit_is_taken_into_the_own_calendar_and_by_nobody_else(
    cast: Cast, customer: Customer, client: Client
) -> None:
    booked = visit(cast, customer)
    url = f"/portal/appointments/{booked.pk}/calendar.ics"
    assert f'href="{url}"' in words(client.get(f"/portal/appointments/{booked.pk}/"))
    answer = client.get(url)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    event = vobject.readOne(words(answer)).vevent
    assert (event.dtstart.value, event.dtend.value) == (booked.start, booked.end)
    assert (event.description.value, event.status.value) == (cast.doctor.name, "CONFIRMED")
    assert customer.name not in words(answer)
    Appointment.objects.filter(pk=booked.pk).update(customer=customer_of(cast, "陶映川", "10000000002"))
    assert client.get(url).status_code == 404
    assert browser().get(url).status_code == 302


def test_a_visit_is_moved_by_a_request_and_cancelled_a_day_ahead(
    cast: Cast, customer: Customer, client: Client
) -> None:
    booked = visit(cast, customer)
    url = f"/portal/appointments/{booked.pk}/"
    assert "申请改约" in words(client.get(url))
    page = words(client.get(f"/portal/booking/?about={booked.pk}"))
    assert "原来的时间" in page and f"about={booked.pk}" in page
    moved = {"about": str(booked.pk), "start": SLOT}
    confirm(client, TICKS, moved)
    row = AppointmentRequest.objects.get()
    assert (row.about, row.type, row.doctor) == (booked, booked.type, cast.doctor)
    again = confirm(client, {"read_back": "on"}, moved)
    assert (again.status_code, "已经申请改约" in words(again)) == (409, True)  # type: ignore[attr-defined]
    desk.accept(request=row, doctor=cast.doctor, start=row.wished, read_back=True, by=cast.manager, at=cast.at)
    booked.refresh_from_db()
    assert booked.start == row.wished
    assert client.post(f"{url}cancellation/").url == url
    booked.refresh_from_db()
    assert (booked.status, booked.changes.last().by) == (AppointmentStatus.CANCELLED, cast.system)
    assert "已取消" in words(client.get(url))


def test_less_than_a_day_ahead_the_customer_is_asked_to_call(cast: Cast, customer: Customer, client: Client) -> None:
    booked = visit(cast, customer)
    url, late = f"/portal/appointments/{booked.pk}/", at(1)  # 23 h 59 min before
    page = words(client.get(url, headers=late))
    assert "离就诊不到 24 小时" in page and "tel:010-00000000" in page and "申请改约" not in page
    answer = client.post(f"{url}cancellation/", headers=late)
    assert (answer.status_code, "请打电话" in words(answer)) == (409, True)
    assert client.get(f"/portal/booking/?about={booked.pk}", headers=late).url == url
    moved = client.post(
        CONFIRM,
        {"read_back": "on", "agreed": "on"},
        query_params={"about": str(booked.pk), "start": SLOT},
        headers=late,
    )
    assert moved.status_code == 409
    booked.refresh_from_db()
    assert booked.status == AppointmentStatus.BOOKED and not AppointmentRequest.objects.exists()


def test_what_is_somebody_elses_is_not_there(cast: Cast, customer: Customer, client: Client) -> None:
    other = customer_of(cast, "陶映川", "10000000002")
    booked = visit(cast, other)
    confirm(enter(browser(), NEW), TICKS | {"name": "白示安", "sex": "male"})
    row = AppointmentRequest.objects.get()
    gets = [f"/portal/appointments/{booked.pk}/", f"/portal/requests/{row.pk}/", f"/portal/booking/?about={booked.pk}",
            "/portal/appointments/99999999999999999999/", "/portal/booking/?about=x"]  # fmt: skip
    posts = [
        f"/portal/appointments/{booked.pk}/cancellation/",
        f"/portal/requests/{row.pk}/choice/",
        f"/portal/requests/{row.pk}/withdrawal/",
    ]
    for answer in [*(client.get(url) for url in gets), *(client.post(url) for url in posts)]:
        assert answer.status_code == 404
        assert "陶" not in words(answer) and "白示安" not in words(answer)
    booked.refresh_from_db()
    row.refresh_from_db()
    assert (booked.status, row.state) == (AppointmentStatus.BOOKED, RequestState.REQUESTED)
    mine = words(client.get("/portal/mine/"))
    assert "现在没有约好的时间" in mine and "白示安" not in mine


def test_three_requests_may_wait_the_fourth_is_asked_for_patience(customer: Customer, client: Client) -> None:
    for minute in ("09:00", "09:30", "10:30"):
        assert confirm(client, TICKS, BOOK | {"start": SLOT.replace("10:00:00", f"{minute}:00")}).status_code == 302  # type: ignore[attr-defined]
    flood = confirm(client, {"read_back": "on"})
    assert (flood.status_code, "已有 3 个申请" in words(flood)) == (429, True)  # type: ignore[attr-defined]
    row = AppointmentRequest.objects.order_by("pk").first()
    assert client.post(f"/portal/requests/{row.pk}/withdrawal/").status_code == 302
    assert confirm(client, {"read_back": "on"}).status_code == 302  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("code", "value", "url", "gone"),
    [
        ("portal.offline_types", "first_visit,revisit", "/portal/booking/", "初诊"),
        ("portal.offline_centres", "BJ", "/portal/booking/?item=first_visit", "北京朝阳中心"),
        ("portal.offline_doctors", "2002", "/portal/booking/?item=first_visit&node=BJ", "何示宁"),
    ],
)
def test_what_is_not_booked_online_is_not_shown(
    cast: Cast, customer: Customer, client: Client, code: str, value: str, url: str, gone: str
) -> None:
    assert gone in words(client.get(url))
    LimitValue.objects.create(code=code, value=value, valid_from=date(2026, 1, 1), set_by=cast.admin, set_at=cast.at)
    assert gone not in words(client.get(url))
    assert client.get(CONFIRM, query_params=BOOK).status_code == 302


def test_any_doctor_means_any_time_of_the_centre(cast: Cast, customer: Customer, client: Client) -> None:
    visit(cast, customer_of(cast, "陶映川", "10000000002"))
    page = words(client.get("/portal/booking/?item=first_visit&node=BJ&doctor=any"))
    assert "余 6" in page and "09:00" in page  # the other doctor still has it
    confirm(client, TICKS, BOOK | {"doctor": "any"})
    assert AppointmentRequest.objects.get().doctor is None


@pytest.mark.parametrize(
    "query",
    [{"start": "nonsense"}, {"start": "2026-11-24T10:00:00"}, {"item": "x"}, {"node": "' --"}, {"doctor": "9999"}],
)
def test_a_made_up_address_leads_back_to_the_steps(customer: Customer, client: Client, query: dict[str, str]) -> None:
    assert client.get(CONFIRM, query_params=BOOK | query).status_code == 302
    assert (
        client.get("/portal/booking/", query_params=BOOK | query | {"from": "x", "day": "2026-99-99"}).status_code
        == 200
    )


def test_a_time_that_does_not_exist_is_refused(customer: Customer, client: Client) -> None:
    for start in (
        "2026-11-24T10:07:00+08:00",
        "2026-11-24T23:45:00+08:00",
        "2026-11-25T10:00:00+08:00",
        "2026-11-17T10:00:00+08:00",
        "2020-01-01T10:00:00+08:00",
        "2031-11-24T10:00:00+08:00",
    ):
        answer = confirm(client, TICKS, BOOK | {"start": start})
        assert answer.status_code == 409, start  # type: ignore[attr-defined]
    assert not AppointmentRequest.objects.exists()


def test_a_minor_asks_without_agreeing_since_a_guardian_signs(cast: Cast) -> None:
    set_up(cast)
    child = customer_of(cast, "白示宁", "10000000088", birth_date=date(2015, 5, 5))
    client = enter(browser(), "10000000088")
    assert 'name="agreed"' not in words(client.get(CONFIRM, query_params=BOOK))
    assert confirm(client, {"read_back": "on"}).status_code == 302  # type: ignore[attr-defined]
    assert AppointmentRequest.objects.get().customer == child
    assert not ConsentEntry.objects.exists()


def test_pages_are_in_english_too_and_messages_leave(customer: Customer) -> None:
    client = enter(browser())
    page = words(client.get("/portal/booking/", headers={"Accept-Language": "en", **at(0)}))
    assert "What would you like to book?" in page and "您要" not in page
    confirm(client, TICKS)
    assert Message.objects.get(template__code="appt_request_received").customer == customer


def test_a_closed_archive_is_met_like_somebody_new(cast: Cast, customer: Customer) -> None:
    Customer.objects.filter(pk=customer.pk).update(restricted_at=cast.at)
    client = enter(browser())
    page = words(client.get("/portal/mine/"))
    assert "沈" not in page and 'name="name"' in words(client.get(CONFIRM, query_params=BOOK))


def test_a_year_of_days_can_be_paged(customer: Customer, client: Client) -> None:
    first = "/portal/booking/?item=first_visit&node=BJ&doctor=2002"
    later = words(client.get(f"{first}&from={date(2026, 12, 7)}"))
    assert "12/8" in later and "前两周" in later
    beyond = words(client.get(f"{first}&from={date(2026, 11, 23) + timedelta(days=400)}"))
    assert "没有空档" in beyond


def test_who_has_moved_a_visit_three_times_is_asked_to_call(cast: Cast, customer: Customer, client: Client) -> None:
    booked = visit(cast, customer)
    url = f"/portal/appointments/{booked.pk}/"
    for minutes in (30, 60, 30):
        desk.move(appointment=booked, start=NINE + timedelta(minutes=minutes), by=cast.manager, at=cast.at)
    page = words(client.get(url))
    assert "改过几次了，再改请打电话" in page and "申请改约" not in page and "取消这个预约" in page
    assert client.get(f"/portal/booking/?about={booked.pk}").url == url
    refused = confirm(client, TICKS, {"about": str(booked.pk), "start": SLOT})
    assert (refused.status_code, AppointmentRequest.objects.exists()) == (409, False)  # type: ignore[attr-defined]
