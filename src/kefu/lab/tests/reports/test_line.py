"""The laboratory line on a real socket and a real database: what is acknowledged is committed, and filed once (LAB-007)."""

import asyncio
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from time import monotonic

import pytest
from django.db import connection, connections

from kefu.foundation.limits.models import LimitValue
from kefu.foundation.worktime.content import load_calendars
from kefu.lab import mllp_server
from kefu.lab.hl7.mllp import MllpClient, frame
from kefu.lab.models import Message, Report, ResultVersion
from kefu.lab.testing import in_testing, open_customer, stock_kits
from kefu.lab.testing_results import oru, told
from kefu.testing.cast import build_cast

MEGABYTE = 1024 * 1024
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(transactional_db):
    return build_cast()


@pytest.fixture
def order(cast):
    load_calendars(by=cast.admin, at=cast.at)
    stock_kits(cast)
    return in_testing(cast, open_customer(cast), ("T-GLU",))


@contextmanager
def listening(max_bytes=1_000_000):
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = mllp_server.server_on("127.0.0.1", 0, max_bytes, idle_seconds=5)
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(5)
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.stop(5), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()
        connections.close_all()


@pytest.fixture
def line():
    with listening() as server:
        yield server


def ask(line, raw):
    with MllpClient("127.0.0.1", line.port, timeout=20) as client:
        return client.send(raw)


def test_results_arrive_over_the_line(line, order):
    assert told(ask(line, oru(order).encode())) == ("AA", "")
    assert (Message.objects.get().state, Report.objects.get().status) == ("filed", "arrived")


def test_malformed_unknown_and_good_messages_on_one_connection(line, order):
    with MllpClient("127.0.0.1", line.port, timeout=20) as client:
        answers = [
            told(client.send(raw))
            for raw in (
                b"this is not HL7", b"", oru(order, number="L99999999", control_id="M2").encode(),
                oru(order, name="贺秋实", control_id="M3").encode(), oru(order, control_id="M4", end="\n").encode(),
            )
        ]  # fmt: skip
    assert answers == [("AR", "100"), ("AR", "100"), ("AE", "204"), ("AE", "204"), ("AA", "")]
    assert sorted(Message.objects.values_list("state", flat=True)) == [
        "filed", "quarantined", "quarantined", "rejected", "rejected",
    ]  # fmt: skip


def test_the_same_message_twice_at_once_is_filed_once_and_answered_alike(line, order):
    raw = oru(order).encode()
    with ThreadPoolExecutor(6) as people:
        answers = list(people.map(lambda _n: ask(line, raw), range(6)))
    assert len(set(answers)) == 1
    assert told(answers[0]) == ("AA", "")
    assert (Message.objects.count(), Report.objects.count(), ResultVersion.objects.count()) == (1, 1, 6)


def test_two_different_messages_about_one_order_at_once(line, order):
    raws = [oru(order, only=("FPG", "HBA1C", "INS")), oru(order, only=("HOMA", "CPEP", "FRUC"), control_id="M2")]
    with ThreadPoolExecutor(2) as people:
        answers = list(people.map(lambda raw: told(ask(line, raw.encode())), raws))
    assert answers == [("AA", ""), ("AA", "")]
    assert (Report.objects.get().status, ResultVersion.objects.count()) == ("arrived", 6)


def test_a_cut_frame_files_nothing_and_gets_no_answer(line, order):
    with socket.create_connection(("127.0.0.1", line.port), timeout=5) as wire:
        wire.sendall(frame(oru(order).encode())[:-2])
        wire.shutdown(socket.SHUT_WR)
        assert wire.recv(100) == b""
    assert not Message.objects.exists()


def test_a_message_over_the_limit_is_refused_and_the_connection_survives(cast, order):
    LimitValue.objects.create(
        code="lab.message_megabytes", value=1, valid_from=date(2026, 1, 1), set_by=cast.admin, set_at=cast.at
    )
    with listening(max_bytes=MEGABYTE) as line, MllpClient("127.0.0.1", line.port, timeout=20) as client:
        large = (oru(order) + "NTE|1||" + "x" * MEGABYTE).encode()
        assert told(client.send(large)) == ("AR", "207")
        assert told(client.send(b"MSH|^~\\&|A|B|C|D|20261124||ADT^A01|M9|P|2.5")) == ("AR", "200")
    kept = Message.objects.get(reason="oversize")
    assert (kept.size, len(bytes(kept.raw)), kept.control_id) == (len(large), MEGABYTE, "M1")


def test_the_answer_leaves_only_after_the_commit(line, order, monkeypatch):
    """The database dies in the commit: no answer, nothing filed; sent again, it is filed."""
    real = mllp_server.receive

    def dies(**arguments):
        from django.db import transaction

        def die():
            raise ConnectionError("killed before the commit was confirmed")

        with transaction.atomic():
            answer = real(**arguments)
            assert told(answer) == ("AA", "")
            die()
        return answer

    monkeypatch.setattr(mllp_server, "receive", dies)
    with pytest.raises(ConnectionError):
        ask(line, oru(order).encode())
    assert not Message.objects.exists()
    assert not Report.objects.exists()
    monkeypatch.setattr(mllp_server, "receive", real)
    assert told(ask(line, oru(order).encode())) == ("AA", "")
    assert Report.objects.count() == 1


def test_workers_leave_no_connection_behind(line, order):
    for number in range(4):
        ask(line, oru(order, control_id=f"C{number}").encode())
    end = monotonic() + 10  # the server notices a closed connection a little later
    while others() and monotonic() < end:
        pass
    assert others() == 0


def others() -> int:
    """How many clients besides this test are connected to its database."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return cursor.fetchone()[0]
