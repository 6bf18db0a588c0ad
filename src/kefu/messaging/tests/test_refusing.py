"""Mail that may be refused says how, by one click; mail servers are believed by their certificate only, and none keeps us waiting."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from ipaddress import ip_address

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client
from django.urls import reverse

from kefu.customers.actions import give_consent
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.outbox import transports
from kefu.foundation.outbox.transports import NotReadyError, TransientError
from kefu.kernel.errors import Forbidden
from kefu.messaging.actions import end_opt_out, send, send_many
from kefu.messaging.actions.consent import refuse_by_link
from kefu.messaging.models import Message, OptOut, Template
from kefu.messaging.ports import mail
from kefu.messaging.ports.mail import MailServer
from kefu.messaging.refusing import refusal_path, refused_by
from kefu.messaging.tests.people import wang
from kefu.messaging.tests.test_smtp import MAIL, Mailbox
from kefu.testing.cast import AT

SITE = "https://care.hekang.example"
BOOKED = {"month": 12, "day": 3, "time": "14:30", "item": "初诊"}


@pytest.fixture(autouse=True)
def _ways():
    for channel in ("sms", "email", "wechat"):
        transports.close(channel)
    yield
    for channel in ("sms", "email", "wechat"):
        transports.close(channel)


def certificate(folder) -> tuple[str, str]:
    """A certificate for this machine that nobody else signed."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    return str(folder / "cert.pem"), str(folder / "key.pem")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


@pytest.fixture(params=["starttls", "ssl"])
def encrypted(request, tmp_path):
    """A mail server that speaks only encrypted: its mailbox, its address, its certificate."""
    file, key = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file, key)
    box, upgrading = Mailbox(), request.param == "starttls"

    class Post(Controller):
        def factory(self):
            more = {"tls_context": context, "require_starttls": True} if upgrading else {}
            return SMTP(self.handler, hostname="mail.example", **more)

        def _trigger_server(self):  # its own trial knows no certificate of ours
            with socket.create_connection((self.hostname, self.port), 5) as line:
                trying = ssl.create_default_context(cafile=file)
                with (
                    nullcontext(line) if upgrading else trying.wrap_socket(line, server_hostname=self.hostname) as heard
                ):
                    heard.recv(1)

    post = Post(box, hostname="127.0.0.1", port=free_port(), ssl_context=None if upgrading else context)
    post.start()
    yield box, f"smtp://127.0.0.1:{post.port}?security={request.param}", file
    post.stop()


def server(url: str, site: str = SITE) -> MailServer:
    port = MailServer.from_url(url, "和康 <care@hekang.example>", site)
    return MailServer(**(vars(port) | {"backend": "django.core.mail.backends.smtp.EmailBackend"}))


@pytest.mark.req("NFR-001", part="e-mail")
def test_a_server_whose_certificate_is_known_gets_the_mail_encrypted(encrypted, monkeypatch):
    box, url, known = encrypted
    monkeypatch.setenv("SSL_CERT_FILE", known)
    assert server(url)(MAIL, "msg:1").via == "smtp"
    assert message_from_bytes(box.got[0])["List-Unsubscribe"] is None


def test_a_server_that_only_says_who_it_is_gets_nothing(encrypted):
    box, url, _known = encrypted
    with pytest.raises(NotReadyError, match="certificate"):
        server(url)(MAIL, "msg:1")
    assert box.got == []


@pytest.mark.parametrize("security", ["none", "starttls", "ssl"])
@pytest.mark.parametrize("says", [None, b"\x00\xff\x16 HTTP/1.1 400\r\n\r\n", b"2", b"220-" + b"x" * 20_000])
def test_a_server_that_speaks_nonsense_or_nothing_is_left_after_a_moment(monkeypatch, security, says):
    monkeypatch.setattr(mail, "SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        lines = []

        def serve() -> None:
            line, _address = listening.accept()
            lines.append(line)
            if says:
                line.sendall(says)

        threading.Thread(target=serve, daemon=True).start()
        began = datetime.now(UTC)
        with pytest.raises(TransientError):
            server(f"smtp://127.0.0.1:{listening.getsockname()[1]}?security={security}")(MAIL, "msg:1")
        assert datetime.now(UTC) - began < timedelta(seconds=5)
        for line in lines:
            line.close()


@pytest.fixture
def box():
    """An open mail server for customers, in the clear."""
    found = Mailbox()
    post = Controller(found, hostname="127.0.0.1", port=free_port())
    post.start()
    transports.register("email", server(f"smtp://127.0.0.1:{post.port}?security=none"))
    yield found
    post.stop()


def invitation() -> None:
    """Words for an activity, by mail."""
    Template.objects.create(
        code="invitation", version=1, current=True, group="marketing", audience=["customer"], channels=["email"], variables=["name"],
        zh="{name}您好，邀您参加讲座，拒收请回复R", email_subject="讲座邀请", email_body="{name}您好，邀您参加讲座，拒收请回复R",
        needs_consent=True, opt_out_required=True, at=AT,
    )  # fmt: skip


def reader(cast) -> Customer:
    """She reads mail and agreed to greetings by it."""
    customer = wang(cast, email="wang@example.com")
    give_consent(
        customer=customer, scope="marketing_email", method="spoken", note="可以", by=cast.manager, at=AT - timedelta(1)
    )
    return customer


@pytest.mark.req("FUP-008")
def test_a_greeting_is_refused_by_one_click_of_the_mail_program(cast, box, client):
    customer = reader(cast)
    invitation()
    send(customer=customer, template="invitation", by=cast.manager, at=AT)
    send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT)
    late = AT.replace(hour=22)
    send_many(customers=[customer], template="invitation", key="again", by=cast.manager, at=late)
    run_pending(AT)

    by_kind = {"List-Unsubscribe" in one: one for one in map(message_from_bytes, box.got)}
    assert set(by_kind) == {True, False} and len(box.got) == 2
    greeting, booking = by_kind[True], by_kind[False]
    assert (
        greeting["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and booking["List-Unsubscribe-Post"] is None
    )
    link = greeting["List-Unsubscribe"].strip()
    assert link == f"<{SITE}{refusal_path(customer.pk)}>" and link[1:-1] in greeting.get_payload(decode=True).decode()
    assert not Message.objects.filter(body__contains=SITE).exists()  # colleagues who read it can't click for her

    path = link[1:-1].removeprefix(SITE)
    page = client.get(path)
    assert (
        page.status_code == 200
        and "不再接收问候和活动？" in page.content.decode()
        and "王" not in page.content.decode()
    )
    assert OptOut.objects.count() == 0  # a program that only looks at links refuses nothing

    for _twice in range(2):
        done = client.post(path, {"List-Unsubscribe": "One-Click"})
        assert done.status_code == 200 and "以后不再发了" in done.content.decode()
    refused = OptOut.objects.get()
    assert refused.customer == customer and refused.by.is_system
    assert AuditEntry.objects.filter(code="messaging.consent.refused_by_link", customer_id=customer.pk).count() == 1
    assert Message.objects.get(key=f"again:{customer.pk}").state == "cancelled"
    assert send(customer=customer, template="invitation", by=cast.manager, at=AT).withheld == "opted_out"
    assert send(customer=customer, template="appt_confirmed", values=BOOKED, by=cast.manager, at=AT).withheld == ""


def test_the_clients_of_mail_programs_have_no_cookie_and_need_none(cast, client):
    customer = reader(cast)
    strict = Client(enforce_csrf_checks=True)
    assert (
        strict.post(
            refusal_path(customer.pk), "List-Unsubscribe=One-Click", "application/x-www-form-urlencoded"
        ).status_code
        == 200
    )
    assert OptOut.objects.get().customer == customer
    client.force_login(cast.manager)
    tab = client.get(reverse("customers:tab", args=[customer.pk, "contacts"])).content.decode()
    assert "客户点了邮件里的退订，不接收问候和活动" in tab
    end_opt_out(customer=customer, by=cast.manager, at=AT)
    assert OptOut.objects.get().ended_by == cast.manager


@pytest.mark.parametrize("token", ["1", "1.AAAA", "x", "1.", ".", "1.é", "9" * 3000, "%00"])
def test_a_link_that_is_not_ours_refuses_nothing(cast, client, token):
    reader(cast)
    for answer in (client.get(f"/portal/refusals/{token}/"), client.post(f"/portal/refusals/{token}/")):
        assert answer.status_code == 404
    assert OptOut.objects.count() == 0


def test_the_link_of_one_who_became_part_of_another_counts_for_the_other(cast):
    customer, other = reader(cast), wang(cast, phone="13900001234")
    Customer.objects.filter(pk=customer.pk).update(
        merged_into=other, stage="closed", closed_at=AT, closed_reason="合并"
    )
    token = refusal_path(customer.pk).split("/")[-2]
    assert refused_by(token) == other
    with pytest.raises(Forbidden):
        refuse_by_link(customer=other, by=cast.manager, at=AT)


def test_the_public_address_must_be_one(cast):
    with pytest.raises(ValueError, match="KEFU_SITE must begin with"):
        MailServer.from_url("smtp://localhost", "a@b.example", "care.hekang.example")
    assert MailServer.from_url("smtp://localhost", "a@b.example").site == ""
