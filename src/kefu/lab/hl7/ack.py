"""The acknowledgement: MSH, MSA and, unless accepted, ERR."""

import re
from datetime import datetime
from enum import StrEnum

from kefu.lab.hl7.charset import codec_of, encode
from kefu.lab.hl7.encoding import encode_header, encode_segment, join_fields
from kefu.lab.hl7.errors import ERROR_TEXTS, ErrorCode
from kefu.lab.hl7.escape import escape
from kefu.lab.hl7.header import Header
from kefu.lab.hl7.timestamps import write_time

_VERSION = re.compile(r"2(?:\.[1-9](?:\.[0-9])?)?")
_OWN_VERSION = "2.5.1"


class AckCode(StrEnum):
    """MSA-1 in original mode (HL7 table 0008)."""

    ACCEPT = "AA"
    ERROR = "AE"
    REJECT = "AR"


def is_supported_version(version: str) -> bool:
    """Say whether MSH-12 is one of 2.1 to 2.9, or missing."""
    return not version or _VERSION.fullmatch(version) is not None


def build_ack(
    header: Header,
    code: AckCode,
    *,
    at: datetime,
    control_id: str,
    error: ErrorCode | None = None,
    text: str = "",
) -> bytes:
    """Answer the message of `header` in its own separators and character set.

    `at` is aware, `control_id` is our MSH-10. AE and AR carry ERR-3 (207 when no `error` is given) and `text` for the
    sender's people in MSA-3 and ERR-7. A header that could not be read still gets an answer, with what was readable.
    """
    separators = header.separators
    segments = [
        encode_header(_header_values(header, at, escape(control_id, separators)), separators),
        join_fields("MSA", [code.value, header.control_id, escape(text, separators)], separators),
    ]
    if code is not AckCode.ACCEPT:
        reason = error or ErrorCode.APPLICATION
        condition = (reason.value, ERROR_TEXTS[reason], "HL70357")
        segments.append(encode_segment("ERR", "", "", condition, "E", "", "", text, separators=separators))
    return encode("".join(segment + "\r" for segment in segments), header.codec)


def _header_values(header: Header, at: datetime, control_id: str) -> list[str]:
    """Give MSH-3 onwards: sender and receiver change places, everything echoed stays as it was sent."""
    trigger = header.trigger
    message_type = header.separators.component.join(("ACK", trigger, "ACK")) if trigger else "ACK"
    version = header.raw(12) if header.version and is_supported_version(header.version) else _OWN_VERSION
    answer = [header.raw(5), header.raw(6), header.raw(3), header.raw(4), write_time(at), "", message_type]
    return [*answer, control_id, header.raw(11) or "P", version, "", "", "", "", "", _charset(header)]


def _charset(header: Header) -> str:
    """Name the one declared set this answer is written in; the whole declaration when it names none of ours."""
    fitting = [label for label in header.charset_labels if codec_of(label) == header.codec]
    return fitting[0] if fitting else header.charset
