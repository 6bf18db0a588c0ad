"""`kefu lab receive`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from kefu.foundation.audit.context import origin
from kefu.lab.actions.messages import receive
from kefu.lab.hl7 import AckCode, read
from kefu.lab.hl7.charset import BYTEWISE
from kefu.lab.hl7.mllp import FrameKind, Framer
from kefu.lab.limits import MESSAGE_MEGABYTES
from kefu.organisation.queries import LABORATORY, system_user

DONE, REFUSED, USAGE = 0, 1, 2
MEGABYTE = 1024 * 1024
FRAMED = b"\x0b"


def lab_receive_arguments(parser: argparse.ArgumentParser) -> None:
    """Which file."""
    parser.add_argument(
        "file",
        metavar="FILE",
        type=Path,
        help="a message, a batch, or frames as they were sent; - reads the standard input",
    )


def lab_receive(args: argparse.Namespace) -> int:
    """Take the laboratory messages of a file as the network listener would, and print the acknowledgement code of each."""
    try:
        content = sys.stdin.buffer.read() if str(args.file) == "-" else args.file.read_bytes()
    except OSError as error:
        return _unreadable(args, error)
    laboratory = system_user(LABORATORY)
    messages = _messages(content, MESSAGE_MEGABYTES.on(args.at) * MEGABYTE)
    accepted = bool(messages)
    for raw, size in messages:
        with origin("command"):
            answer = receive(raw=raw, peer="file", size=size, by=laboratory, at=args.at)
        accepted = _print(answer, as_json=args.json) and accepted
    return DONE if accepted else REFUSED


def _messages(content: bytes, largest: int) -> list[tuple[bytes, int]]:
    """The messages of a file with their sizes; bytes without a frame are one message, a cut frame is none."""
    if not content.startswith(FRAMED):
        return [(content[:largest], len(content))]
    frames = [found for found in Framer(largest).feed(content) if found.kind is not FrameKind.JUNK]
    return [(found.payload, found.size) for found in frames]


def _print(answer: bytes, *, as_json: bool) -> bool:
    said = read(answer, fallback_charset=BYTEWISE)[0].message
    code, error, text = said.get("MSA-1"), said.get("ERR-3.1"), said.get("MSA-3")
    if as_json:
        told = {"code": code, "error": error or None, "text": text or None, "control_id": said.get("MSA-2")}
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
    else:
        sys.stdout.write(" ".join(filter(None, (code, error, text))) + "\n")
    return code == AckCode.ACCEPT


def _unreadable(args: argparse.Namespace, error: OSError) -> int:
    message = f"cannot read {args.file}: {error.strerror}"
    if args.json:
        sys.stdout.write(json.dumps({"error": {"code": "usage", "message": message}}) + "\n")
    else:
        sys.stderr.write(f"kefu lab receive: {message}\n")
    return USAGE
