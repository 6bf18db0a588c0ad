"""The two ways out: a signed call to an SMS gateway, and a mail server."""

import hashlib
import hmac
import json
import smtplib
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.core import mail
from django.core.mail.backends import locmem

from kefu.foundation.outbox import transports
from kefu.foundation.outbox.transports import NotReadyError, PermanentError, TransientError
from kefu.messaging.channels import open_configured
from kefu.messaging.ports.mail import MailServer
from kefu.messaging.ports.plain import PlainGateway

PAYLOAD = {"to": "13800001234", "body": "【和康】您好。"}


@pytest.fixture
def gateway():
    """A gateway that answers what it is told and remembers what it got."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.got.append((dict(self.headers), body))
            self.send_response(server.answer)
            self.end_headers()
            self.wfile.write(b"" if server.answer == 200 else b"said so")

        def log_message(self, *_args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    server.got, server.answer = [], 200
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def client(gateway) -> PlainGateway:
    return PlainGateway(f"http://127.0.0.1:{gateway.server_port}/send", "kefu", "secret", clock=lambda: 1795337312.6)


def test_the_call_is_signed_and_carries_the_key(gateway):
    client(gateway)(PAYLOAD, "msg:7")

    ((headers, body),) = gateway.got
    signature = hmac.new(b"secret", b"kefu\n1795337312\n" + body, hashlib.sha256).hexdigest()
    assert json.loads(body) == {"to": "13800001234", "text": "【和康】您好。", "id": "msg:7"}
    assert (headers["X-Key"], headers["X-Time"], headers["X-Signature"]) == ("kefu", "1795337312", signature)
    assert headers["Idempotency-Key"] == "msg:7"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (400, PermanentError),
        (404, PermanentError),
        (403, NotReadyError),
        (408, TransientError),
        (429, TransientError),
        (503, TransientError),
    ],
)
def test_answers_tell_never_from_later(gateway, answer, error):
    gateway.answer = answer
    with pytest.raises(error, match=f"{answer} said so"):
        client(gateway)(PAYLOAD, "msg:7")


def test_a_gateway_out_of_reach_is_tried_later(gateway):
    unreachable = client(gateway)
    gateway.server_close()
    with pytest.raises(TransientError, match="out of reach"):
        unreachable(PAYLOAD, "msg:7")


def test_a_mail_keeps_its_message_id_when_repeated(settings):
    server = MailServer.from_url("smtp://u:p%40ss@mail.example:2525?security=none", "和康 <care@hekang.example>")
    assert (server.host, server.port, server.password, server.security) == ("mail.example", 2525, "p@ss", "none")
    server = MailServer(**(vars(server) | {"backend": "django.core.mail.backends.locmem.EmailBackend"}))

    for _attempt in range(2):
        server({"to": "wang@example.com", "subject": "预约成功通知", "body": "王女士：…"}, "msg:7")

    first, second = mail.outbox
    assert (first.to, first.subject, first.from_email) == (
        ["wang@example.com"],
        "预约成功通知",
        "和康 <care@hekang.example>",
    )
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]
    assert first.extra_headers["Message-ID"].endswith("@hekang.example>")


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (smtplib.SMTPRecipientsRefused({"x": (550, b"no such user")}), PermanentError),
        (smtplib.SMTPRecipientsRefused({"x": (451, b"greylisted")}), TransientError),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), NotReadyError),
        (smtplib.SMTPDataError(554, b"refused"), PermanentError),
        (smtplib.SMTPDataError(451, b"later"), TransientError),
        (smtplib.SMTPServerDisconnected("gone"), TransientError),
        (ConnectionRefusedError("closed"), TransientError),
    ],
)
def test_mail_errors_tell_never_from_later(monkeypatch, raised, error):
    def fail(_self, _messages):
        raise raised

    monkeypatch.setattr(locmem.EmailBackend, "send_messages", fail)
    server = MailServer("h", 25, "", "", "none", "a@b.example", backend="django.core.mail.backends.locmem.EmailBackend")
    with pytest.raises(error):
        server({"to": "x@y.example", "subject": "s", "body": "b"}, "k")


def test_only_what_is_configured_is_open():
    for channel in ("sms", "email"):
        transports.close(channel)
    open_configured({"KEFU_SMS_URL": "https://sms.example/", "KEFU_SMS_KEY": "k"})
    assert transports.transport("sms") is None

    open_configured({"KEFU_SMS_URL": "https://sms.example/", "KEFU_SMS_KEY": "k", "KEFU_SMS_SECRET": "s"})
    assert isinstance(transports.transport("sms"), PlainGateway)
    assert transports.transport("email") is None
    transports.close("sms")


@pytest.mark.parametrize("url", ["http:mail.example", "smtp://", "smtp://h?security=maybe"])
def test_a_wrong_mail_address_is_said_at_the_start(url):
    with pytest.raises(ValueError, match="KEFU_SMTP"):
        MailServer.from_url(url, "care@hekang.example")
    with pytest.raises(ValueError, match="KEFU_SMS_URL"):
        PlainGateway("file:///etc/passwd", "k", "s")
