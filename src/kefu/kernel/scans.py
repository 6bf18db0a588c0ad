"""What a scanner reads from a pack: the plain number under an EAN, or a GS1 element string with lot, expiry and count.

GS1 General Specifications 24, section 3 (application identifiers) and 7.8 (element strings in symbols).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import biip
from biip import ParseConfig
from biip.gs1_messages import GS1Message

LONGEST = 200
"""No symbol on a pack carries more; what is longer is not looked at."""
GROUP_SEPARATOR = "\x1d"

_IN_BRACKETS = re.compile(r"\(([0-9]{2,4})\)([^(]*)")
_FIXED_LENGTH = frozenset({"00", "01", "02", "11", "12", "13", "15", "16", "17", "20"})
_CONFIG = ParseConfig(separator_chars=[GROUP_SEPARATOR])


class ScanFault(StrEnum):
    """Why a scan is not understood; the caller has the words."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CHECK_DIGIT = "check_digit"
    """A trade number whose last digit does not fit: misread or mistyped."""
    UNREADABLE = "unreadable"


class ScanError(ValueError):
    """The text is neither a trade number nor a GS1 element string; `code` says why."""

    def __init__(self, code: ScanFault) -> None:
        super().__init__(f"scan: {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Scan:
    """What one scan said; what the symbol does not carry is empty or None.

    `gtin` has 14 digits with leading zeros, so that the same article read from an EAN-13 and from a DataMatrix is one number.
    """

    gtin: str
    lot: str = ""
    expires_on: date | None = None
    made_on: date | None = None
    count: int | None = None


def read_scan(text: str) -> Scan:
    """The scan in `text`, whatever the order of its identifiers (PRD-001).

    Takes EAN-8, EAN-13, UPC and GTIN-14 digits, element strings with or without the symbology prefix (`]d2`), with the group
    separator, the form printed for people, `(01)…(17)…(10)…`, and what an input method makes wide. A day 00 is the last of its month; a best-before date (15)
    counts as expiry where no (17) is given. Raises ScanError.
    """
    text = unicodedata.normalize("NFKC", text).strip(" \t\r\n")
    if not text:
        raise ScanError(ScanFault.EMPTY)
    if len(text) > LONGEST:
        raise ScanError(ScanFault.TOO_LONG)
    parsed = biip.parse(_element_string(text), config=_CONFIG)
    if parsed.gs1_message and (scan := _of_message(parsed.gs1_message)):
        return scan
    if parsed.gtin:
        return Scan(gtin=parsed.gtin.as_gtin_14())
    if text.isascii() and text.isdigit() and len(text) in (8, 12, 13, 14):
        raise ScanError(ScanFault.CHECK_DIGIT)
    raise ScanError(ScanFault.UNREADABLE)


def is_gtin(text: str) -> bool:
    """Whether `text` is a trade number of 8, 12, 13 or 14 digits with a fitting check digit."""
    return text.isascii() and text.isdigit() and biip.parse(text).gtin is not None


def _element_string(text: str) -> str:
    """The machine's form of what may have been typed from under the symbol."""
    if not text.startswith("("):
        return text
    parts = _IN_BRACKETS.findall(text)
    if "".join(f"({code}){value}" for code, value in parts) != text:
        return text
    return "".join(f"{code}{value}{'' if code in _FIXED_LENGTH else GROUP_SEPARATOR}" for code, value in parts)


def _of_message(message: GS1Message) -> Scan | None:
    values = {one.ai.ai: one for one in message.element_strings}
    number = values.get("01") or values.get("02")
    if number is None or number.gtin is None:
        return None
    expiry = values.get("17") or values.get("15")
    made = values.get("11")
    lot = values.get("10")
    count = values.get("30") or values.get("37")
    return Scan(
        gtin=number.gtin.as_gtin_14(),
        lot=lot.value if lot else "",
        expires_on=expiry.date if expiry else None,
        made_on=made.date if made else None,
        count=int(count.value) if count else None,
    )
