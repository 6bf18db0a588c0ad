"""Frames come out whole, however the network cuts the stream."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.lab.hl7.mllp import FrameKind, Framer, frame

LIMIT = 40
PIECES = st.sampled_from(
    [b"\x0b", b"\x1c\r", b"\x1c", b"\r", b"\n", b"MSH|", b"abc", b"\x0bMSH", b"x" * 50, "张".encode()]
)


def run(*chunks, limit=LIMIT):
    framer = Framer(limit)
    return [(found.kind, found.payload, found.size) for chunk in chunks for found in framer.feed(chunk)]


def message(payload):
    return (FrameKind.MESSAGE, payload, len(payload))


def test_a_frame_cut_at_every_byte():
    stream = frame("MSH|^~\\&|检验室".encode())
    for place in range(len(stream) + 1):
        assert run(stream[:place], stream[place:]) == [message("MSH|^~\\&|检验室".encode())]


def test_several_frames_in_one_packet_keep_their_order():
    assert run(frame(b"one") + frame(b"two") + b"\r\n" + frame(b"three")) == [
        message(b"one"),
        message(b"two"),
        message(b"three"),
    ]


def test_bytes_before_a_frame_are_counted_and_left_out():
    assert run(b"hello", b" there\r\n", frame(b"one")) == [(FrameKind.JUNK, b"", 11), message(b"one")]


@pytest.mark.parametrize("cut", [b"MSH|1", b"\x0bMSH|1", b"\x0bMSH|1\x1c", b"\x0bMSH|1\r", b"\x0b"])
def test_an_unfinished_frame_gives_nothing(cut):
    assert run(cut) == []


def test_an_end_block_without_its_return_ends_nothing():
    assert run(b"\x0bone\x1c", b"two\x1c\r") == [message(b"one\x1ctwo")]


def test_a_broken_off_message_is_dropped_when_the_sender_starts_again():
    assert run(b"\x0bMSH|half" + frame(b"MSH|whole")) == [(FrameKind.JUNK, b"", 9), message(b"MSH|whole")]


def test_a_vertical_tab_in_a_text_is_text():
    assert run(frame(b"MSH|a\x0bb")) == [message(b"MSH|a\x0bb")]


def test_a_message_over_the_limit_is_reported_with_its_head_and_the_next_one_arrives():
    stream = frame(b"MSH|" + b"x" * 100) + frame(b"next")
    expected = [(FrameKind.OVERSIZE, b"MSH|" + b"x" * 36, 104), message(b"next")]
    assert run(stream) == expected
    assert run(*(stream[place : place + 1] for place in range(len(stream)))) == expected


def test_a_message_of_exactly_the_limit_is_taken():
    assert run(frame(b"x" * LIMIT)) == [message(b"x" * LIMIT)]
    assert [found[0] for found in run(frame(b"x" * (LIMIT + 1)))] == [FrameKind.OVERSIZE]


def test_a_twenty_megabyte_report_arrives_in_network_sized_pieces():
    payload = b"x" * 20_000_000
    stream = frame(payload)
    chunks = [stream[place : place + 65536] for place in range(0, len(stream), 65536)]
    assert run(*chunks, limit=32_000_000) == [message(payload)]


def test_an_endless_message_holds_no_memory():
    framer = Framer(1000)
    framer.feed(b"\x0b")
    for _ in range(1000):
        framer.feed(b"y" * 1000)
    assert len(framer._buffer) == 1
    (found,) = framer.feed(b"\x1c\r")
    assert (found.kind, len(found.payload), found.size) == (FrameKind.OVERSIZE, 1000, 1_000_000)


@given(st.lists(PIECES, max_size=20).map(b"".join), st.lists(st.integers(0, 400), max_size=12))
def test_the_cuts_make_no_difference(stream, places):
    cuts = [0, *sorted(min(place, len(stream)) for place in places), len(stream)]
    chunks = [stream[start:end] for start, end in pairwise(cuts)]
    assert run(*chunks) == run(stream) == run(*(stream[i : i + 1] for i in range(len(stream))))
