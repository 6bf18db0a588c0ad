"""A customer's browser, and the way in through the door."""

import re
from datetime import datetime, timedelta

from django.test import Client

from kefu.appointments.tests.test_booking import open_clinic
from kefu.customers.models import Customer
from kefu.foundation.outbox.models import OutboxMessage
from kefu.messaging.content import load as load_messages
from kefu.testing.cast import AT, Cast
from kefu.testing.stories import customer_of

PHONE, NEW = "10000000001", "10000000077"
SLOT = "2026-11-24T10:00:00+08:00"
BOOK = {"item": "first_visit", "node": "BJ", "doctor": "2002", "start": SLOT}


def set_up(cast: Cast) -> Customer:
    """A centre that holds clinic on Tuesdays, and a customer with a number."""
    load_messages(by=cast.admin, at=cast.at)
    open_clinic(cast)
    return customer_of(cast)


def browser(at: datetime = AT) -> Client:
    """Somebody's telephone."""
    return Client(headers={"X-Kefu-At": at.isoformat()})


def at(minutes: float) -> dict[str, str]:
    """The header of a request so many minutes after the story begins."""
    return {"X-Kefu-At": (AT + timedelta(minutes=minutes)).isoformat()}


def sent_code(number: str) -> str:
    """The code in the latest text message to a number."""
    message = OutboxMessage.objects.filter(payload__to=number, key__startswith="number:portal-visit:").latest("pk")
    found = re.search(r"验证码(\d{6})", message.payload["body"])
    assert found
    return found[1]


def enter(client: Client, number: str = PHONE) -> Client:
    """Through the door with the right code."""
    assert client.post("/portal/", {"phone": number}).url == "/portal/code/"
    assert client.post("/portal/code/", {"code": sent_code(number)}).url == "/portal/mine/"
    return client


def words(answer: object) -> str:
    """The page as text."""
    return answer.content.decode()  # type: ignore[attr-defined, no-any-return]
