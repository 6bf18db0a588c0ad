"""From received bytes to messages: envelope, batch, character set, syntax."""

import re
from dataclasses import dataclass

from kefu.lab.hl7.charset import UTF8_BOM, decode
from kefu.lab.hl7.errors import ErrorCode, HL7Error
from kefu.lab.hl7.header import Header, header_of
from kefu.lab.hl7.message import Message, parse

# CR and LF are never part of a multi-byte character in any supported set, so lines may be found before decoding.
_ENVELOPE = re.compile(rb"(?:\A|(?<=[\r\n]))(MSH|FHS|BHS|BTS|FTS)(?=[^A-Za-z0-9\s])")
_UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class ReadMessage:
    """One message of a frame or file: its own bytes, its header, its content, and how the bytes became text.

    `charset_flagged` means the bytes are not what MSH-18 declares; a person should tell the laboratory.
    """

    raw: bytes
    header: Header
    message: Message
    charset_used: str
    charset_flagged: bool


def read(raw: bytes, *, fallback_charset: str | None) -> list[ReadMessage]:
    """Read one message, or all of an FHS/BHS batch, each decoded by its own MSH-18.

    `fallback_charset` is what this peer is known to send when its declaration is wrong. Raises `HL7Error` when any
    part cannot be read: then nothing of these bytes is to be filed (decision AR).
    """
    # A file may carry its MLLP envelope, or the DOS end-of-file mark.
    body = raw.lstrip(b"\x0b\r\n\t ").rstrip(b"\x1c\x1a\r\n")
    bom = body.startswith(UTF8_BOM)
    if body.startswith(_UTF16_BOMS):
        raise HL7Error(ErrorCode.DATA_TYPE, "UTF-16 is not supported")
    body = body.removeprefix(UTF8_BOM).lstrip(b"\x0b\r\n\t ")
    return [_read_one(part, fallback_charset, bom) for part in _split(body)]


def _split(body: bytes) -> list[bytes]:
    starts = list(_ENVELOPE.finditer(body))
    if not starts or starts[0].start() > 0:
        raise HL7Error(ErrorCode.SEGMENT_SEQUENCE, "the message does not begin with MSH, FHS or BHS")
    messages: list[bytes] = []
    for found, following in zip(starts, [*starts[1:], None], strict=True):
        part = body[found.start() : following.start() if following else len(body)]
        if found.group(1) == b"MSH":
            messages.append(part)
        elif len([line for line in part.splitlines() if line.strip()]) > 1:
            raise HL7Error(ErrorCode.SEGMENT_SEQUENCE, "a segment of the batch belongs to no message")
    if not messages:
        raise HL7Error(ErrorCode.SEGMENT_SEQUENCE, "the batch contains no message")
    return messages


def _read_one(raw: bytes, fallback_charset: str | None, bom: bool) -> ReadMessage:
    labels = header_of(raw, fallback_charset=fallback_charset).charset_labels
    decoded = decode(raw, labels, fallback=fallback_charset, bom=bom)
    message = parse(decoded.text, decoded.codec)
    # The answer goes out in what the peer really writes, which may not be what it claims.
    header = Header.of(message.segments[0].fields, message.separators, decoded.codec)
    return ReadMessage(raw, header, message, decoded.codec, decoded.flagged)
