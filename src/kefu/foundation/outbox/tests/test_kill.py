"""kill -9 between claim and send, and two workers on one message: nothing lost, nothing doubled."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest
from django.db import connection

from kefu.foundation.outbox import delivery
from kefu.foundation.outbox.testing import connected, stored
from kefu.testing.cast import AT

PROGRAM = """
import django, os, signal, sys; django.setup()
from datetime import datetime
from kefu.foundation.outbox import delivery, transports
transports.register("test", lambda payload, key: os.kill(os.getpid(), signal.SIGKILL))
delivery.deliver(message_id=int(sys.argv[1]), at=datetime.fromisoformat(sys.argv[2]))
"""


@pytest.fixture
def message(transactional_db):
    return stored(AT, channel="test", key="m1", payload={"text": "报告已完成"})


def environment() -> dict[str, str]:
    database = connection.settings_dict
    address = {key: database[key] for key in ("HOST", "PORT", "USER", "PASSWORD") if database[key]}
    url = " ".join(f"{key.lower()}='{value}'" for key, value in address.items()) + f" dbname='{database['NAME']}'"
    paths = {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "kefu.config.settings",
        "PYTHONPATH": str(Path(__file__).parents[4]),
    }
    return os.environ | paths


def test_after_kill_9_the_message_is_sent_once_with_its_key(message):
    killed = subprocess.run([sys.executable, "-c", PROGRAM, str(message.pk), AT.isoformat()], env=environment())
    assert killed.returncode == -signal.SIGKILL
    message.refresh_from_db()
    assert message.state == "sending"

    with connected("test") as receiver:
        for seconds in (30, 61, 62):
            delivery.deliver(message_id=message.pk, at=AT + timedelta(seconds=seconds))

    assert receiver.got == [("m1", {"text": "报告已完成"})]


def test_eight_workers_at_once_send_one_message_once(message):
    start = Barrier(8)

    def work(_number):
        try:
            start.wait()
            delivery.deliver(message_id=message.pk, at=AT)
        finally:
            connection.close()

    with connected("test") as receiver, ThreadPoolExecutor(8) as workers:
        list(workers.map(work, range(8)))

    assert [key for key, _payload in receiver.got] == ["m1"]
