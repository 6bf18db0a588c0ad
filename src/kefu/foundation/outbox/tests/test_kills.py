"""kill -9 of the sender again and again over many messages: none lost, none twice where keys are honoured."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.outbox.testing import stored
from kefu.foundation.outbox.tests.test_kill import environment
from kefu.testing.cast import AT

SENDER = """
import django, sys; django.setup()
from datetime import datetime
from urllib.request import Request, urlopen
from django.db.models import Q
from kefu.foundation.outbox import delivery, transports
from kefu.foundation.outbox.models import OutboxMessage

def send(payload, key):
    urlopen(Request(sys.argv[1], data=b"", headers={"Idempotency-Key": key}), timeout=20).close()

transports.register("test", send)
at = datetime.fromisoformat(sys.argv[2])
for pk in OutboxMessage.objects.filter(state__in=["pending", "sending"]).order_by("pk").values_list("pk", flat=True):
    delivery.deliver(message_id=pk, at=at)
"""


class Receiving(BaseHTTPRequestHandler):
    """Takes messages; kills whoever sends when the count is one of `fatal`, before the answer or after."""

    def do_POST(self):
        server = self.server
        server.seen[self.headers["Idempotency-Key"]] += 1
        number = sum(server.seen.values())
        if number in server.fatal:
            os.kill(server.sender.pid, signal.SIGKILL)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_args):
        pass


@pytest.mark.parametrize(
    ("messages", "kills"), [(200, 5), pytest.param(2000, 50, marks=pytest.mark.soak)], ids=["short", "soak"]
)
def test_however_often_the_sender_is_killed_nothing_is_lost_and_each_kill_repeats_one_message_at_most(
    transactional_db, messages, kills
):
    for number in range(messages):
        stored(AT, channel="test", key=f"m{number}", payload={"n": number})
    server = HTTPServer(("127.0.0.1", 0), Receiving)
    server.seen, server.fatal = Counter(), {(number + 1) * messages // (kills + 1) for number in range(kills)}
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    url, killed = f"http://127.0.0.1:{server.server_port}/", 0
    for attempt in range(kills + 2):
        at = AT + timedelta(minutes=2 * attempt)
        with subprocess.Popen([sys.executable, "-c", SENDER, url, at.isoformat()], env=environment()) as sender:
            server.sender = sender
            killed += sender.wait() == -signal.SIGKILL
    server.shutdown()
    server.server_close()

    assert killed == kills
    assert OutboxMessage.objects.exclude(state="sent").count() == 0
    assert set(server.seen) == {f"m{number}" for number in range(messages)}, "a message was lost"
    repeated = {key: count for key, count in server.seen.items() if count > 1}
    assert len(repeated) <= kills and set(repeated.values()) <= {2}, "more repeats than kills"
