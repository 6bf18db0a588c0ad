"""A customer dies: bookings, contacts and messages stop at once, and only a supervisor takes it back."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from kefu.appointments import actions as appointments
from kefu.appointments.choices import AppointmentType
from kefu.appointments.models import Appointment
from kefu.appointments.tests.test_booking import open_clinic
from kefu.customers.actions import reopen_customer
from kefu.customers.actions.deaths import correct_death, record_death
from kefu.customers.models import Customer
from kefu.followup.models import FollowUp
from kefu.foundation.outbox.choices import State
from kefu.foundation.outbox.models import OutboxMessage
from kefu.journey.models import Journey
from kefu.journey.tests.walking import start_walk
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.messaging.actions import send
from kefu.messaging.choices import Withheld
from kefu.messaging.content import load as load_messages
from kefu.messaging.tests.test_send import BOOKED


@pytest.fixture
def walk(cast):
    return start_walk(cast).to("interpretation")


def test_everything_stops_and_a_supervisor_takes_it_back(walk, login):
    cast, customer, at = walk.cast, walk.customer, walk.at
    load_messages(by=cast.admin, at=at)
    open_clinic(cast)
    start = (at + timedelta(days=14)).replace(hour=9, minute=0)
    start -= timedelta(days=start.weekday() - 1)  # a Tuesday
    booking = appointments.book(
        customer=customer,
        doctor=cast.doctor,
        node=cast.bj,
        type=AppointmentType.FIRST_VISIT,
        start=start,
        by=cast.manager,
        at=at,
    )
    OutboxMessage.objects.create(
        channel="sms", key="waiting", payload={}, next_try_at=at, created_at=at, customer_id=customer.pk
    )
    assert FollowUp.objects.filter(customer=customer, state="open").exists()
    browser = login(cast.manager)
    url = reverse("customers:death", args=[customer.pk])
    assert browser.post(url, {"told_by": ""}).status_code == 422
    assert browser.post(url, {"told_by": "女儿来电", "died_on": "2026-11-20"}).status_code == 302

    booking.refresh_from_db()
    assert booking.status == "cancelled"
    assert not FollowUp.objects.filter(customer=customer, state="open").exists()
    assert not Journey.objects.filter(customer=customer, state="open").exists()
    assert OutboxMessage.objects.get(key="waiting").state == State.CANCELLED
    customer.refresh_from_db()
    html = browser.get(reverse("customers:page", args=[customer.pk])).content.decode()
    assert "客户已去世，不要联系" in html
    assert "customers.customer.died" not in html
    with pytest.raises(Refused) as refused:
        appointments.book(
            customer=customer,
            doctor=cast.doctor,
            node=cast.bj,
            type=AppointmentType.FIRST_VISIT,
            start=start,
            by=cast.manager,
            at=at,
        )
    assert refused.value.code == "died"
    with pytest.raises(Refused):
        reopen_customer(customer=customer, reason="试", by=cast.director, at=at)
    with pytest.raises(Forbidden):
        correct_death(customer=customer, reason="弄错人", by=cast.manager, at=at)
    with pytest.raises(Invalid):
        correct_death(customer=customer, reason=" ", by=cast.director, at=at)
    correction = reverse("customers:death_correction", args=[customer.pk])
    assert login(cast.director).post(correction, {"reason": "同名弄错"}).status_code == 302
    assert Customer.objects.get(pk=customer.pk).stage == "active"
    assert Appointment.objects.get().status == "cancelled"
    with pytest.raises(Refused):
        correct_death(customer=customer, reason="再来", by=cast.director, at=at)


def test_not_even_a_service_message_goes_to_the_dead(walk):
    cast, customer, at = walk.cast, walk.customer, walk.at
    load_messages(by=cast.admin, at=at)
    record_death(customer=customer, told_by="家属", by=cast.manager, at=at)
    customer.refresh_from_db()
    message = send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=at)
    assert (message.withheld, message.outbox) == (Withheld.DIED, None)


def test_a_death_is_told_once_and_not_of_tomorrow(walk):
    cast, customer, at = walk.cast, walk.customer, walk.at
    with pytest.raises(Invalid):
        record_death(customer=customer, told_by="家属", died_on=date(2030, 1, 1), by=cast.manager, at=at)
    record_death(customer=customer, told_by="家属", by=cast.manager, at=at)
    with pytest.raises(Refused):
        record_death(customer=customer, told_by="家属", by=cast.manager, at=at)
