"""Contact numbers: Chinese mobiles and landlines as people write them, numbers abroad with their country code.

The stored form is digits only (`13812346021`, `02066778899`), a landline's extension after a hyphen
(`02066778899-801`), a number abroad with its plus (`+85261234567`).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MOBILE_LENGTH = 11
STARS = "****"

_DASHES = r"\-‐‑‒–—―−－"
_FILLERS = re.compile(rf"[\s().·{_DASHES}]")
_EXTENSION = re.compile(r"(?:转|分机|ext\.?|x|#)\s*([0-9]{1,6})$", re.IGNORECASE)
_DASHED_EXTENSION = re.compile(rf"[{_DASHES}]\s*([0-9]{{1,6}})$")
_CHINA = re.compile(r"\(?(?:\+|00)\s*86\)?")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
"""Marks that telephones paste along with a number from their address book."""
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_DEMO_MOBILE = re.compile(r"1000000[0-9]{4}")
_LANDLINE = re.compile(r"(?:010|02[0-9])[1-9][0-9]{7}|0[3-9][0-9]{2}[1-9][0-9]{6,7}")
_DEMO_LANDLINE = re.compile(r"(?:010|02[0-9])0{8}")


class PhoneKind(StrEnum):
    """What sort of number it is; only mobiles get text messages."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    FOREIGN = "foreign"


class PhoneFault(StrEnum):
    """Why a number is not accepted; the caller has the words."""

    EMPTY = "empty"
    BAD_CHARACTER = "bad_character"
    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    BAD_PREFIX = "bad_prefix"
    NO_AREA_CODE = "no_area_code"
    BAD_LANDLINE = "bad_landline"
    BAD_FOREIGN = "bad_foreign"
    DEMO = "demo"


class PhoneError(ValueError):
    """The text is not a usable contact number.

    `code` says why, `kind` what it was taken for, `actual` how many digits there are and `expected` how many
    there should be (0 when no single number is right), so that a caller can say 手机号要 11 位，现在 7 位.
    """

    def __init__(self, code: PhoneFault, *, kind: PhoneKind, actual: int = 0, expected: int = 0) -> None:
        super().__init__(f"{kind} {code}: {actual} digits, {expected or 'other'} expected")
        self.code = code
        self.kind = kind
        self.actual = actual
        self.expected = expected


@dataclass(frozen=True)
class Phone:
    """A checked contact number. `number` is the stored form without the extension."""

    number: str
    kind: PhoneKind
    extension: str = ""

    def __str__(self) -> str:
        return f"{self.number}-{self.extension}" if self.extension else self.number


def parse(text: str, *, allow_demo: bool = False) -> Phone:
    """Read a number with or without +86, 0086, spaces, hyphens, full-width digits or an extension.

    Numbers that cannot be dialled and stand for demonstration (mobiles beginning 1000000, landlines of nothing
    but zeros after the area code) are accepted only with `allow_demo`. Raises PhoneError.
    """
    plain = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).strip()
    country = _CHINA.match(plain)
    if country is None and plain.startswith(("+", "00")):
        return _foreign(_FILLERS.sub("", plain))
    local = plain[country.end() :] if country else plain
    marked = _EXTENSION.search(local)
    main, extension = (local[: marked.start()], marked.group(1)) if marked else (local, "")
    digits = _digits(main)
    if country and _is_landline(f"0{digits}", allow_demo) and not _MOBILE.fullmatch(digits):
        digits = f"0{digits}"
    dashed = _DASHED_EXTENSION.search(main)
    if dashed and not extension and _is_landline(digits[: -len(dashed.group(1))], allow_demo):
        digits, extension = digits[: -len(dashed.group(1))], dashed.group(1)
    if digits.startswith("0"):
        return _landline(digits, extension, allow_demo)
    return _mobile(digits, extension, allow_demo)


def normalise(text: str, *, allow_demo: bool = False) -> str:
    """The stored form of a number. Raises PhoneError."""
    return str(parse(text, allow_demo=allow_demo))


def _digits(text: str) -> str:
    """Only the digits of a number at home; a bare 86 before a whole mobile is the country code."""
    compact = _FILLERS.sub("", text)
    if not compact:
        raise PhoneError(PhoneFault.EMPTY, kind=PhoneKind.MOBILE, expected=MOBILE_LENGTH)
    if not (compact.isascii() and compact.isdigit()):
        raise PhoneError(
            PhoneFault.BAD_CHARACTER, kind=PhoneKind.MOBILE, actual=_count(compact), expected=MOBILE_LENGTH
        )
    return compact[2:] if len(compact) == MOBILE_LENGTH + 2 and compact.startswith("861") else compact


def _count(text: str) -> int:
    return sum(character.isdigit() for character in text)


def _is_landline(digits: str, allow_demo: bool) -> bool:
    return bool(_LANDLINE.fullmatch(digits) or (allow_demo and _DEMO_LANDLINE.fullmatch(digits)))


def _landline(digits: str, extension: str, allow_demo: bool) -> Phone:
    if not _is_landline(digits, allow_demo):
        fault = PhoneFault.DEMO if _DEMO_LANDLINE.fullmatch(digits) else _landline_fault(digits)
        raise PhoneError(fault, kind=PhoneKind.LANDLINE, actual=len(digits), expected=_landline_length(digits))
    return Phone(digits, PhoneKind.LANDLINE, extension)


def _landline_fault(digits: str) -> PhoneFault:
    """Area codes 010 and 02x take eight digits, all others seven or eight."""
    shortest, longest = (11, 11) if _landline_length(digits) else (11, 12)
    if len(digits) < shortest:
        return PhoneFault.TOO_SHORT
    return PhoneFault.TOO_LONG if len(digits) > longest else PhoneFault.BAD_LANDLINE


def _landline_length(digits: str) -> int:
    return 11 if digits.startswith(("010", "02")) else 0


def _mobile(digits: str, extension: str, allow_demo: bool) -> Phone:
    actual = len(digits)
    if actual != MOBILE_LENGTH:
        if actual in (7, 8) and digits[0] != "1":
            raise PhoneError(PhoneFault.NO_AREA_CODE, kind=PhoneKind.LANDLINE, actual=actual)
        fault = PhoneFault.TOO_SHORT if actual < MOBILE_LENGTH else PhoneFault.TOO_LONG
        raise PhoneError(fault, kind=PhoneKind.MOBILE, actual=actual, expected=MOBILE_LENGTH)
    demo = _DEMO_MOBILE.fullmatch(digits) is not None
    if demo and not allow_demo:
        raise PhoneError(PhoneFault.DEMO, kind=PhoneKind.MOBILE, actual=actual, expected=MOBILE_LENGTH)
    if not demo and not _MOBILE.fullmatch(digits):
        raise PhoneError(PhoneFault.BAD_PREFIX, kind=PhoneKind.MOBILE, actual=actual, expected=MOBILE_LENGTH)
    if extension:
        raise PhoneError(PhoneFault.TOO_LONG, kind=PhoneKind.MOBILE, actual=actual + len(extension), expected=actual)
    return Phone(digits, PhoneKind.MOBILE)


def _foreign(compact: str) -> Phone:
    """A number abroad, checked by the numbering plan of its country."""
    import phonenumbers  # its tables are large and most processes never meet a number abroad

    try:
        number = phonenumbers.parse(re.sub(r"^00", "+", compact), None)
    except phonenumbers.NumberParseException as error:
        raise PhoneError(PhoneFault.BAD_FOREIGN, kind=PhoneKind.FOREIGN, actual=_count(compact)) from error
    if not phonenumbers.is_valid_number(number):
        raise PhoneError(PhoneFault.BAD_FOREIGN, kind=PhoneKind.FOREIGN, actual=_count(compact))
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Phone(written, PhoneKind.FOREIGN)


def tail(phone: str, n: int = 4) -> str:
    """The last `n` digits of a stored number, the extension left out: what a caller says to be found."""
    return phone.partition("-")[0][-n:] if n > 0 else ""


def mask(phone: str) -> str:
    """Hide the middle of a stored number: `138 **** 6021`, `0755 **** 8899`. A short number is hidden whole."""
    main = phone.partition("-")[0]
    head = _head_length(main)
    if len(main) < head + len(STARS) + 3:
        return STARS
    return f"{main[:head]} {STARS} {tail(main)}"


def show(phone: str) -> str:
    """Group a stored number for reading: `138 1234 6021`, `020-6677 8899 转 801`, `+852 6123 4567`."""
    main, _, extension = phone.partition("-")
    head = _head_length(main)
    rest = main[head:-4]
    joint = "-" if main.startswith("0") else " "
    grouped = f"{main[:head]}{joint}{rest} {main[-4:]}" if rest else main
    return f"{grouped} 转 {extension}" if extension else grouped


def _head_length(main: str) -> int:
    """How many leading characters name the network, area or country."""
    if main.startswith("+"):
        return 4 if not main.startswith(("+1", "+7")) else 2
    return 4 if re.match(r"0[3-9]", main) else 3
