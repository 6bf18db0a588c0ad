"""Booking at the desk and on the telephone: who it is, what is missing, read back, and the ways out when full."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from kefu.appointments.actions import desk as actions
from kefu.appointments.choices import AppointmentType, Channel
from kefu.appointments.models import Appointment
from kefu.appointments.tests.test_booking import NINE, book, open_clinic
from kefu.customers.actions import create_lead, update_archive
from kefu.customers.models import Customer, IdentityCheck
from kefu.kernel.errors import Invalid
from kefu.organisation.models import User
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]
TOLD = {"type": "first_visit", "channel": "phone", "method": "personal_data", "read_back": "on"}


@pytest.fixture
def customer(cast: Cast) -> Customer:
    open_clinic(cast)
    found = customer_of(cast)
    update_archive(
        customer=found, changes={"card_number": "KH88 6021"}, version=found.version, by=cast.manager, at=cast.at
    )
    found.refresh_from_db()
    return found


def at_desk(cast: Cast, customer: Customer, **how: object) -> Appointment:
    given = {"channel": Channel.PHONE, "method": "callback", "read_back": True} | how
    return actions.book_at_desk(customer=customer, doctor=cast.doctor, node=cast.bj, type=AppointmentType.FIRST_VISIT, start=NINE,
                                by=cast.manager, at=cast.at, **given)  # type: ignore[arg-type]  # fmt: skip


def slot(cast: Cast, minute: str = "00") -> str:
    return f"?node={cast.bj.pk}&doctor={cast.doctor.pk}&start=2026-11-24T09%3A{minute}%3A00%2B08%3A00"


@pytest.mark.req("APT-011", part="desk")
@pytest.mark.parametrize("channel", [Channel.PHONE, Channel.ON_SITE])
def test_who_calls_or_comes_is_verified_before_anything_is_booked(
    cast: Cast, customer: Customer, channel: Channel
) -> None:
    with pytest.raises(Invalid) as refusal:
        at_desk(cast, customer, channel=channel, method="")
    assert [error.field for error in refusal.value.errors] == ["method"]
    assert not Appointment.objects.exists()
    at_desk(cast, customer, channel=channel)
    check = IdentityCheck.objects.get()
    assert (check.method, check.result, check.by) == ("callback", "passed", cast.manager)


@pytest.mark.req("APT-011", part="desk")
def test_on_site_the_membership_card_verifies(cast: Cast, customer: Customer) -> None:
    with pytest.raises(Invalid) as refusal:
        at_desk(cast, customer, channel=Channel.ON_SITE, method="", card="KH99 0000")
    assert [error.field for error in refusal.value.errors] == ["card"]
    assert not IdentityCheck.objects.exists()
    at_desk(cast, customer, channel=Channel.ON_SITE, method="", card="kh886021")
    assert IdentityCheck.objects.get().method == "account"


def test_who_was_verified_a_moment_ago_is_not_asked_again(cast: Cast, customer: Customer) -> None:
    actions.read_card(card="KH88 6021", by=cast.manager, at=cast.at)
    at_desk(cast, customer, method="")
    assert IdentityCheck.objects.count() == 1


@pytest.mark.req("APT-013", part="read back")
def test_item_and_time_are_read_back_and_that_is_kept(cast: Cast, customer: Customer) -> None:
    with pytest.raises(Invalid) as refusal:
        at_desk(cast, customer, read_back=False)
    assert [error.field for error in refusal.value.errors] == ["read_back"]
    booked = at_desk(cast, customer)
    line = booked.changes.latest("pk")
    assert (line.reason, line.by) == ("appointments.desk.read_back", cast.manager)


@pytest.mark.req("APT-014")
def test_nobody_is_booked_without_name_sex_and_contact(cast: Cast, customer: Customer) -> None:
    stranger = create_lead(name="", phone="10000000009", node=cast.bj, by=cast.manager, at=cast.at).customer
    stranger.contacts.update(active=False)
    with pytest.raises(Invalid) as refusal:
        at_desk(cast, stranger)
    assert [error.field for error in refusal.value.errors] == ["name", "sex", "contact"]
    stranger.contacts.update(active=True)
    Customer.objects.filter(pk=stranger.pk).update(name="白示安", sex="female")
    assert at_desk(cast, stranger).customer == stranger  # an e-mail address is asked for, and does not stand in the way


@pytest.mark.req("APT-014")
def test_other_programs_are_told_what_is_missing(
    cast: Cast, customer: Customer, program: Callable[..., object]
) -> None:
    lead = create_lead(name="白示安", phone="10000000009", node=cast.bj, by=cast.manager, at=cast.at).customer
    body = {
        "customer": f"cus_{lead.pk}",
        "doctor": "2002",
        "node": "BJ",
        "type": "first_visit",
        "start": NINE.isoformat(),
    }
    status, answer, _ = program(cast.manager)("POST", "appointments", body)  # type: ignore[misc]
    assert status == 422
    assert [error["field"] for error in answer["errors"]] == ["sex"]


@pytest.mark.req("APT-014")
def test_the_page_says_what_is_missing_and_where_to_complete_it(cast: Cast, login: Login, customer: Customer) -> None:
    lead = create_lead(name="白示安", phone="10000000009", node=cast.bj, by=cast.manager, at=cast.at).customer
    manager = login(cast.manager)
    address = f"/customers/{lead.pk}/appointments/new/{slot(cast)}"
    page = manager.get(address).content.decode()
    assert "还没有性别，补上才能预约。" in page
    assert f'href="/customers/{lead.pk}/edit/"' in page
    answer = manager.post(address, TOLD)
    assert answer.status_code == 422
    assert not Appointment.objects.exists()


@pytest.mark.req("APT-013", part="alternatives")
def test_a_slot_taken_meanwhile_is_refused_in_place_with_three_others(
    cast: Cast, login: Login, customer: Customer
) -> None:
    book(cast, customer_of(cast, "陶映川", "10000000002"))
    answer = login(cast.manager).post(f"/customers/{customer.pk}/appointments/new/{slot(cast)}", TOLD)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "这个时间刚被约走" in page
    offered = page.partition("可以改成这几个时间")[2].partition("</div></div>")[0]
    assert [words in offered for words in ("周二 09:30", "周二 10:00", "周二 10:30", "周二 11:00")] == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.req("APT-007", part="change and cancel")
def test_another_time_is_chosen_read_back_and_moved(cast: Cast, login: Login, customer: Customer) -> None:
    booked = book(cast, customer)
    service = login(cast.service)
    address = f"/appointments/{booked.pk}/time/"
    assert "先在左边选一个空档" in service.get(address).content.decode()
    asked = service.get(f"{address}{slot(cast, '30')}").content.decode()
    assert "沈知夏改到这个时间？" in asked
    assert "11月24日 周二 09:30" in asked
    assert service.post(f"{address}{slot(cast, '30')}", {}).status_code == 200  # not read back: asked again
    assert Appointment.objects.get().start == NINE
    service.post(f"{address}{slot(cast, '30')}", {"read_back": "on", "reason": "客户堵车"})
    moved = Appointment.objects.get()
    assert moved.start == NINE + timedelta(minutes=30)
    assert [line.reason for line in moved.changes.order_by("-pk")[:2]] == ["appointments.desk.read_back", "客户堵车"]
    assert login(cast.doctor).get(address).status_code == 403


@pytest.mark.req("APT-007", part="change and cancel")
def test_dragging_onto_a_taken_slot_shows_three_others_in_the_dialog(
    cast: Cast, login: Login, customer: Customer
) -> None:
    booked = book(cast, customer)
    book(cast, customer_of(cast, "陶映川", "10000000002"), NINE + timedelta(minutes=30))
    manager = login(cast.manager)
    part = {"HX-Request": "true"}
    dialog = manager.get(f"/appointments/{booked.pk}/time/{slot(cast, '30')}", headers=part).content.decode()
    assert "<html" not in dialog
    answer = manager.post(f"/appointments/{booked.pk}/time/{slot(cast, '30')}", {"read_back": "on"}, headers=part)
    assert answer.status_code == 409
    assert answer.content.decode().count("data-other") == 3
    assert Appointment.objects.get(pk=booked.pk).start == NINE


def test_a_free_slot_leads_over_the_card_the_search_or_a_new_customer_to_the_booking(
    cast: Cast, login: Login, customer: Customer
) -> None:
    manager = login(cast.manager)
    start = f"/appointments/new/{slot(cast)}"
    assert (
        f"/customers/{customer.pk}/appointments/new/?node={cast.bj.pk}&amp;doctor={cast.doctor.pk}"
        in manager.get(f"{start}&q=szx").content.decode()
    )
    by_card = manager.post(start, {"card": "KH88 6021"})
    assert by_card.url.startswith(f"/customers/{customer.pk}/appointments/new/?node={cast.bj.pk}")
    assert "身份已核实" in manager.get(by_card.url).content.decode()
    assert "没有这张会员卡的客户" in manager.post(start, {"card": "KH00"}).content.decode()
    assert manager.post(start, {"name": "白示安", "phone": "10000000010"}).status_code == 200  # without sex: asked for
    made = manager.post(start, {"name": "白示安", "sex": "male", "phone": "10000000010"})
    newcomer = Customer.objects.get(name="白示安")
    assert made.url.startswith(f"/customers/{newcomer.pk}/appointments/new/")
    assert newcomer.sex == "male"
