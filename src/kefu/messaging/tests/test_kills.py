"""kill -9 of the sender again and again over many messages: none lost, none twice where the provider has a key, else one repeat a kill."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import stored
from kefu.foundation.outbox.tests.test_kill import environment
from kefu.messaging.tests.test_smtp import Post
from kefu.testing.cast import AT

pytestmark = pytest.mark.django_db(transaction=True)  # the sender sees only what is committed
SENDER = """
import django, sys; django.setup()
from datetime import datetime
from django.db.models import Q
from kefu.foundation.outbox import delivery, transports
from kefu.foundation.outbox.models import OutboxMessage
from kefu.messaging.ports.mail import MailServer
from kefu.messaging.ports.plain import PlainGateway

channel, url, at = sys.argv[1], sys.argv[2], datetime.fromisoformat(sys.argv[3])
port = PlainGateway(url, "ours", "secret") if channel == "sms" else MailServer.from_url(url, "care@hekang.example")
transports.register(channel, port)
for pk in OutboxMessage.objects.filter(state__in=["pending", "sending"]).order_by("pk").values_list("pk", flat=True):
    delivery.deliver(message_id=pk, at=at)
"""
HOW_OFTEN = pytest.mark.parametrize(
    ("messages", "kills"), [(200, 5), pytest.param(2000, 50, marks=pytest.mark.soak)], ids=["short", "soak"]
)


@dataclass
class OtherSide:
    """Takes messages under the names they come by. At some of them the sender is killed, before they are taken or after, before any answer."""

    fatal: set[int]
    sender: subprocess.Popen[bytes] | None = None
    seen: int = 0
    lost: int = 0
    taken: list[tuple[str, str, str]] = field(default_factory=list)

    def take(self, name: str, to: str, words: str) -> None:
        self.seen += 1
        if self.seen in self.fatal:
            assert self.sender is not None
            os.kill(self.sender.pid, signal.SIGKILL)
            self.sender.wait()
            if sorted(self.fatal).index(self.seen) % 2:
                self.lost += 1
                return
        self.taken.append((name, to, words))


def killed_over(messages: int, kills: int, channel: str, url: str, other: OtherSide) -> None:
    """Send it all, starting the sender anew after each kill, when what it was at may be taken over."""
    for number in range(messages):
        to = f"1000000{number:04d}" if channel == "sms" else f"bai{number}@example.com"
        body = {"to": to, "body": f"【和康】{number}", "subject": "预约成功通知"}
        stored(AT, channel=channel, key=f"msg:{number}", payload=body)
    killed = 0
    for attempt in range(kills + 2):
        at = AT + timedelta(minutes=2 * attempt)
        with subprocess.Popen(
            [sys.executable, "-c", SENDER, channel, url, at.isoformat()], env=environment()
        ) as sender:
            other.sender = sender
            killed += sender.wait() == -signal.SIGKILL
    assert killed == kills
    assert not OutboxMessage.objects.exclude(state="sent").exists()


def fatal(messages: int, kills: int) -> set[int]:
    return {(number + 1) * messages // (kills + 1) for number in range(kills)}


@HOW_OFTEN
def test_a_provider_with_a_key_sends_each_text_message_on_once_however_often_the_sender_is_killed(messages, kills):
    other = OtherSide(fatal(messages, kills))

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self):
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            assert said["id"] == self.headers["Idempotency-Key"]
            other.take(self.headers["Idempotency-Key"], said["to"], said["text"])
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args):
            pass

    with HTTPServer(("127.0.0.1", 0), Gateway) as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        killed_over(messages, kills, "sms", f"http://127.0.0.1:{server.server_port}/", other)
        server.shutdown()

    sent_on = {key: (to, words) for key, to, words in other.taken}
    expected = {f"msg:{n}": (f"1000000{n:04d}", f"【和康】{n}") for n in range(messages)}
    assert sent_on == expected, "a message was lost, or sent under two keys"
    assert set(other.taken) == {(key, *told) for key, told in expected.items()}, "one key stood for two messages"
    assert len(other.taken) - messages == kills - other.lost, "there was nothing to drop"


@HOW_OFTEN
def test_where_there_is_no_key_each_kill_repeats_one_mail_at_most_and_it_is_known_as_the_same(messages, kills):
    other = OtherSide(fatal(messages, kills))

    class Box:
        async def handle_DATA(self, _server, _session, envelope):
            mail = message_from_bytes(envelope.content)
            other.take(mail["Message-ID"], envelope.rcpt_tos[0], mail.get_payload(decode=True).decode().strip())
            return "250 OK"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    post = Post(Box(), hostname="127.0.0.1", port=port)
    post.start()
    try:
        killed_over(messages, kills, "email", f"smtp://127.0.0.1:{port}?security=none", other)
    finally:
        post.stop()

    arrived = Counter(to for _name, to, _words in other.taken)
    assert set(arrived) == {f"bai{n}@example.com" for n in range(messages)}, "a mail was lost"
    repeated = [to for to, count in arrived.items() if count > 1]
    assert len(repeated) <= kills - other.lost and max(arrived.values()) <= 2, "more repeats than kills"
    assert len({name for name, _to, _words in other.taken}) == messages, "a repeat that no mail program can recognise"
