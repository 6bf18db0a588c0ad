"""Mail to a real mail server on this machine, at its best and at its worst."""

from __future__ import annotations

import socket
from email import message_from_bytes
from email.header import decode_header, make_header

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, Taken, TransientError
from kefu.messaging.actions import send
from kefu.messaging.channels import open_configured
from kefu.messaging.models import Message
from kefu.messaging.ports.mail import MailServer
from kefu.messaging.tests.people import wang
from kefu.testing.cast import AT

MAIL = {"to": "wang@example.com", "subject": "预约成功通知", "body": "王女士：\n\n您好！您的预约已成功。"}


class Mailbox:
    """Answers `says` to the recipient and to the words, and keeps what it took; `cuts` closes the line in the middle of the words."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.recipient, self.words, self.cuts = "250 OK", "250 OK", False

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if self.recipient.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.recipient

    async def handle_DATA(self, server, _session, envelope):
        if self.cuts:
            server.transport.abort()
            return "421 gone"
        if self.words.startswith("250"):
            self.got.append(envelope.content)
        return self.words


class Post(Controller):
    def factory(self):
        return SMTP(self.handler, hostname="mail.example")


@pytest.fixture
def mailbox():
    return Mailbox()


@pytest.fixture
def server(mailbox):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    post = Post(mailbox, hostname="127.0.0.1", port=port)
    post.start()
    yield f"smtp://127.0.0.1:{port}?security=none"
    post.stop()


def port_of(server: str) -> MailServer:
    port = MailServer.from_url(server, "和康 <care@hekang.example>")
    return MailServer(**(vars(port) | {"backend": "django.core.mail.backends.smtp.EmailBackend"}))


def test_a_chinese_mail_arrives_with_the_same_identity_in_every_attempt(mailbox, server):
    mailbox.cuts = True
    with pytest.raises(TransientError):
        port_of(server)(MAIL, "msg:7")
    mailbox.cuts = False
    for _attempt in range(2):
        assert port_of(server)(MAIL, "msg:7") == Taken("smtp")
    port_of(server)(MAIL, "msg:8")

    first, second, other = map(message_from_bytes, mailbox.got)
    assert str(make_header(decode_header(first["Subject"]))) == "预约成功通知"
    assert first.get_payload(decode=True).decode().replace("\r\n", "\n").strip() == MAIL["body"]
    assert str(make_header(decode_header(first["From"]))) == "和康 <care@hekang.example>"
    assert first["Message-ID"] == second["Message-ID"] != other["Message-ID"]
    assert first["To"] == "wang@example.com"


@pytest.mark.parametrize(
    ("recipient", "words", "error", "unknown"),
    [
        ("550 5.1.1 no such user", "250 OK", PermanentError, True),
        ("451 4.7.1 greylisted", "250 OK", TransientError, False),
        ("552 5.2.2 mailbox full", "250 OK", PermanentError, False),
        ("550 5.1.10 recipient not found", "250 OK", PermanentError, True),
        ("550 mailbox unavailable", "250 OK", PermanentError, False),
        ("550 5.7.1 relaying denied", "250 OK", NotReadyError, False),
        ("553 5.7.60 sender not allowed", "250 OK", NotReadyError, False),
        ("250 OK", "550 5.1.1 no such user", PermanentError, False),
        ("250 OK", "554 5.7.1 refused as spam", NotReadyError, False),
        ("250 OK", "452 4.3.1 no room", TransientError, False),
    ],
)
def test_a_mail_server_says_for_now_or_for_good(mailbox, server, recipient, words, error, unknown):
    mailbox.recipient, mailbox.words = recipient, words
    with pytest.raises(error) as raised:
        port_of(server)(MAIL, "msg:7")
    assert getattr(raised.value, "no_such_address", False) is unknown
    assert mailbox.got == []


@pytest.mark.parametrize(
    ("recipient", "words"),
    [
        ("550 5.1.1 <wang@example.com>: no such user", "250 OK"),
        ("250 OK", "554 5.6.0 mail to wang@example.com, 13800001234 refused"),
        ("250 OK", "554 5.7.1 mail to wang@example.com, 13800001234 refused"),
    ],
)
def test_a_refusal_that_names_the_address_is_repeated_without_it(mailbox, server, recipient, words):
    mailbox.recipient, mailbox.words = recipient, words
    with pytest.raises((PermanentError, NotReadyError)) as raised:
        port_of(server)(MAIL, "msg:7")
    told = str(raised.value)
    assert "…" in told and "wang" not in told and "example.com" not in told and "138" not in told


def test_words_do_not_travel_in_the_clear_where_encryption_was_asked_for(mailbox, server):
    with pytest.raises(NotReadyError, match="account: SMTPNotSupportedError"):
        port_of(server.replace("none", "starttls"))(MAIL, "msg:7")
    assert mailbox.got == []


@pytest.mark.req("NFR-001", part="e-mail")
def test_a_confirmation_goes_by_mail_to_who_has_no_mobile(cast, mailbox, server, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    before = {channel: transports.transport(channel) for channel in ("sms", "email")}
    transports.close("sms")
    open_configured({"KEFU_SMTP": server, "KEFU_MAIL_FROM": "care@hekang.example"})
    customer = wang(cast, email="wang@example.com")
    booked = {"month": 12, "day": 3, "time": "14:30", "item": "初诊"}
    message = send(customer=customer, template="appt_confirmed", values=booked, by=cast.manager, at=AT)
    run_pending(AT)
    transports.close("email")
    for channel, port in before.items():
        if port:
            transports.register(channel, port)

    message = Message.objects.get(pk=message.pk)
    assert (message.channel, message.state, message.outbox.via) == ("email", "sent", "smtp")
    (arrived,) = map(message_from_bytes, mailbox.got)
    assert str(make_header(decode_header(arrived["Subject"]))) == message.title == "预约成功通知"
    assert "12月3日" in arrived.get_payload(decode=True).decode()
