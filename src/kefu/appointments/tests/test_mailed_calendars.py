"""The mail about a booking brings it into the customer's own calendar, moves it there, and takes it out; read by another library than ours."""

from collections.abc import Iterator
from email import message_from_bytes
from email.message import Message as Mail
from typing import Any

import pytest
import vobject

from kefu.appointments import actions
from kefu.appointments.tests.test_booking import NINE, open_clinic
from kefu.appointments.tests.test_telling import TEN, book
from kefu.customers.models import ContactPoint, Customer
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import connected
from kefu.foundation.outbox.transports import PermanentError
from kefu.messaging.actions import set_wish
from kefu.messaging.channels import open_configured
from kefu.messaging.content import load as load_messages
from kefu.messaging.jobs import other_way
from kefu.messaging.models import Message
from kefu.messaging.rules import revealing
from kefu.messaging.tests.test_smtp import Mailbox, mailbox, server  # noqa: F401  fixtures
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of


@pytest.fixture
def customer(cast: Cast, server: str, settings: Any) -> Iterator[Customer]:  # noqa: F811
    """Somebody who is reached by mail, from a house with a mail server of its own."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    for channel in ("sms", "wechat", "email"):
        transports.close(channel)
    open_configured({"KEFU_SMTP": server, "KEFU_MAIL_FROM": "和康 <care@hekang.example>"})
    load_messages(by=None, at=cast.at)
    open_clinic(cast)
    found = customer_of(cast)
    ContactPoint.objects.create(customer=found, kind="email", value="shen@example.com")
    yield found
    transports.close("email")


def entry(mail: Mail) -> tuple[Mail, Any]:
    """The attached part and what it says."""
    (part,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    return part, vobject.readOne(part.get_payload(decode=True).decode())


@pytest.mark.req("APT-006")
@pytest.mark.req("NFR-001", part="e-mail")
def test_booked_moved_and_cancelled_the_calendar_of_the_customer_follows(
    cast: Cast,
    customer: Customer,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    booked = book(cast, customer)
    run_pending(cast.at)
    actions.move(appointment=booked, start=TEN, reason="客户要求", by=cast.manager, at=cast.at)
    run_pending(cast.at)
    booked.refresh_from_db()
    actions.cancel(appointment=booked, reason="客户要求", by=cast.manager, at=cast.at)
    run_pending(cast.at)

    mails = [message_from_bytes(one) for one in mailbox.got]
    parts, calendars = zip(*map(entry, mails), strict=True)
    events = [one.vevent for one in calendars]
    assert [one.method.value for one in calendars] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert [part.get_param("method") for part in parts] == ["PUBLISH", "PUBLISH", "CANCEL"]
    assert {(part.get_filename(), part.get_content_charset()) for part in parts} == {("appointment.ics", "utf-8")}
    assert len({event.uid.value for event in events}) == 1
    assert [int(event.sequence.value) for event in events] == [0, 1, 2]
    assert [event.dtstart.value for event in events] == [NINE, TEN, TEN]
    assert [event.status.value for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert {event.organizer.value for event in events} == {"mailto:care@hekang.example"}
    assert [mail.get_payload(0).get_content_type() for mail in mails] == ["text/plain"] * 3


def test_it_says_what_the_message_says_and_nothing_more_of_the_customer(
    cast: Cast,
    customer: Customer,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    set_wish(customer=customer, language="en", by=cast.manager, at=cast.at)
    book(cast, customer, note="胆固醇偏高，想问医生")
    run_pending(cast.at)
    (mail,) = map(message_from_bytes, mailbox.got)
    part, calendar = entry(mail)
    text = part.get_payload(decode=True).decode()
    assert calendar.vevent.summary.value == "First visit · Beijing Chaoyang centre"
    assert revealing(text) == [] and "胆固醇" not in text
    assert customer.name not in text and "沈" not in text and "10000000001" not in text


def test_only_mail_carries_it_also_where_wechat_turned_the_message_away(
    cast: Cast,
    customer: Customer,
    mailbox: Mailbox,  # noqa: F811
) -> None:
    with connected("sms") as phone:
        book(cast, customer)
        run_pending(cast.at)
    assert len(phone.got) == 1 and "calendar" not in phone.got[0][1]

    ContactPoint.objects.filter(customer=customer, kind="phone").update(active=False)
    ContactPoint.objects.create(customer=customer, kind="wechat", value="openid-shen")
    set_wish(customer=customer, language="zh-hans", channel="wechat", by=cast.manager, at=cast.at)
    with connected("wechat", PermanentError("43004 require subscribe")):
        book(cast, customer, start=TEN)
        run_pending(cast.at)
        turned = Message.objects.get(channel="wechat")
        if not Message.objects.filter(instead_of=turned).exists():
            other_way(at=cast.at, message_id=turned.pk)
        run_pending(cast.at)
    (mail,) = map(message_from_bytes, mailbox.got)
    assert entry(mail)[1].vevent.dtstart.value == TEN
    assert OutboxMessage.objects.get(channel="wechat").state == "dead"
