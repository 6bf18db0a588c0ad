"""The listener on a real socket."""

import asyncio
import base64
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from kefu.lab.hl7 import AckCode, ErrorCode, build_ack, header_of, read, reports_of
from kefu.lab.hl7.mllp import MllpClient, MllpServer, frame
from kefu.lab.tests.hl7.messages import AT, OBR, PDF, PID, oru


class Laboratory:
    """Remembers what was received and answers it."""

    def __init__(self):
        self.received = []
        self.gate = threading.Event()
        self.gate.set()
        self.entered = threading.Event()

    def take(self, raw):
        self.entered.set()
        self.gate.wait(10)
        self.received.append(raw)
        if raw == b"crash":
            raise RuntimeError("the database is away")
        return build_ack(header_of(raw), AckCode.ACCEPT, at=AT, control_id="K")

    async def take_on_the_loop(self, raw):
        return self.take(raw)

    def refuse(self, head, size):
        text = f"{size} bytes are too many"
        return build_ack(header_of(head), AckCode.REJECT, at=AT, control_id="K", error=ErrorCode.APPLICATION, text=text)


@contextmanager
def listening(handler, lab, *, max_bytes=100_000, idle_seconds=5.0):
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    server = MllpServer(handler, "127.0.0.1", 0, max_bytes, idle_seconds, oversize=lab.refuse)

    def on_loop(coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, loop)

    try:
        on_loop(server.start()).result(5)
        server.stop_soon = lambda: on_loop(server.stop(5))
        yield server
    finally:
        on_loop(server.stop(5)).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(5)
        loop.close()


@pytest.fixture
def lab():
    return Laboratory()


@pytest.fixture
def server(lab):
    with listening(lab.take, lab) as running:
        yield running


def ask(server, raw):
    with MllpClient("127.0.0.1", server.port, timeout=5) as client:
        return client.send(raw)


def plain(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=5)


def read_all(connection):
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def acknowledged(answer):
    (found,) = read(answer, fallback_charset=None)
    return found.message.get("MSA-1"), found.message.get("MSA-2")


def test_a_result_is_answered(server, lab):
    assert acknowledged(ask(server, oru(f10="A1").encode())) == ("AA", "A1")
    assert lab.received == [oru(f10="A1").encode()]


def test_many_messages_on_one_connection_are_answered_in_order(server):
    with plain(server) as connection:
        connection.sendall(b"".join(frame(oru(f10=f"A{number}").encode()) for number in range(100)))
        connection.shutdown(socket.SHUT_WR)
        answers = read_all(connection).split(b"\x1c\r")[:-1]
    assert [acknowledged(answer) for answer in answers] == [("AA", f"A{number}") for number in range(100)]


def test_a_message_byte_by_byte_is_one_message(server, lab):
    with plain(server) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in frame(oru().encode()):
            connection.send(bytes([byte]))
        connection.shutdown(socket.SHUT_WR)
        assert acknowledged(read_all(connection)) == ("AA", "MSG00001")
    assert lab.received == [oru().encode()]


def test_fifty_laboratories_at_once(server, lab):
    with ThreadPoolExecutor(50) as people:
        answers = list(people.map(lambda number: ask(server, oru(f10=f"A{number}").encode()), range(50)))
    assert [acknowledged(answer) for answer in answers] == [("AA", f"A{number}") for number in range(50)]
    assert len(set(lab.received)) == 50


def test_a_message_over_the_limit_is_rejected_and_the_connection_survives(server, lab):
    with MllpClient("127.0.0.1", server.port, timeout=5) as client:
        refused = client.send(oru(PID, OBR, "OBX|1|TX|||" + "x" * 200_000, f10="BIG").encode())
        assert acknowledged(refused) == ("AR", "BIG")
        assert b"bytes are too many" in refused
        assert acknowledged(client.send(oru(f10="SMALL").encode())) == ("AA", "SMALL")
    assert lab.received == [oru(f10="SMALL").encode()]


def test_a_twenty_megabyte_pdf_is_taken(lab):
    pdf = PDF + b"\x07" * 15_000_000
    raw = oru(PID, OBR, f"OBX|1|ED|PDF^报告||^application^pdf^Base64^{base64.b64encode(pdf).decode()}||||||F").encode()
    with listening(lab.take, lab, max_bytes=32_000_000) as server:
        assert acknowledged(ask(server, raw)) == ("AA", "MSG00001")
    (found,) = read(lab.received[0], fallback_charset=None)
    assert reports_of(found.message)[0].groups[0].results[0].attachment.content() == pdf


def test_junk_before_a_message_is_ignored_and_logged_without_its_content(server, caplog):
    with caplog.at_level(logging.WARNING), plain(server) as connection:
        connection.sendall(b"GET / HTTP" + frame(oru().encode()))
        connection.shutdown(socket.SHUT_WR)
        assert acknowledged(read_all(connection)) == ("AA", "MSG00001")
    assert "MLLP: 10 bytes outside a frame ignored" in caplog.messages


def test_a_cut_frame_is_neither_answered_nor_filed(server, lab):
    with plain(server) as connection:
        connection.sendall(frame(oru().encode())[:-1])
        connection.shutdown(socket.SHUT_WR)
        assert read_all(connection) == b""
    assert lab.received == []


def test_silence_closes_the_connection_and_files_nothing(lab):
    with listening(lab.take, lab, idle_seconds=0.05) as server, plain(server) as connection:
        connection.sendall(frame(oru().encode())[:-1])
        assert read_all(connection) == b""
    assert lab.received == []


def test_a_laboratory_that_hangs_up_before_the_answer_finds_its_message_filed(server, lab):
    lab.gate.clear()
    connection = plain(server)
    connection.sendall(frame(oru().encode()))
    assert lab.entered.wait(5)
    connection.close()
    lab.gate.set()
    assert acknowledged(ask(server, oru(f10="NEXT").encode())) == ("AA", "NEXT")
    server.stop_soon().result(5)
    assert sorted(lab.received) == sorted([oru().encode(), oru(f10="NEXT").encode()])


def test_a_failing_handler_gives_no_answer_and_harms_nobody_else(server, caplog):
    with pytest.raises(ConnectionError):
        ask(server, b"crash")
    assert acknowledged(ask(server, oru().encode())) == ("AA", "MSG00001")
    assert "the database is away" in caplog.text


def test_stopping_finishes_the_message_in_hand(server, lab):
    lab.gate.clear()
    with MllpClient("127.0.0.1", server.port, timeout=5) as busy, plain(server) as quiet:
        sending = ThreadPoolExecutor(1).submit(busy.send, oru().encode())
        assert lab.entered.wait(5)
        stopped = server.stop_soon()
        assert read_all(quiet) == b""
        lab.gate.set()
        assert acknowledged(sending.result(5)) == ("AA", "MSG00001")
        stopped.result(5)
    with pytest.raises(OSError):
        plain(server)


def test_a_coroutine_may_handle_messages(lab):
    with listening(lab.take_on_the_loop, lab) as server:
        assert acknowledged(ask(server, oru().encode())) == ("AA", "MSG00001")


def test_a_late_answer_to_an_earlier_message_is_not_taken_for_this_one():
    def ack(control_id):
        return frame(build_ack(header_of(oru(f10=control_id).encode()), AckCode.ACCEPT, at=AT, control_id="K"))

    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        MllpClient("127.0.0.1", listener.getsockname()[1], timeout=5) as client,
        listener.accept()[0] as peer,
    ):
        peer.sendall(ack("OLD") + frame(b"noise") + ack("NEW"))
        assert acknowledged(client.send(oru(f10="NEW").encode(), control_id="NEW")) == ("AA", "NEW")


def test_a_silent_peer_is_an_error():
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        MllpClient("127.0.0.1", listener.getsockname()[1], timeout=0.05) as client,
        pytest.raises(TimeoutError),
    ):
        client.send(oru().encode())
