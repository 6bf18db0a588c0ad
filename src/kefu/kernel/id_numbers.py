"""The 18 digits of a mainland Chinese ID card (GB 11643): check digit, birth date, sex."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

LENGTH = 18

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_PROVINCE = re.compile(r"1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]")


class IdFault(StrEnum):
    """Why an ID number is not accepted; the caller has the words."""

    LENGTH = "length"
    BAD_CHARACTER = "bad_character"
    REGION = "region"
    BIRTH_DATE = "birth_date"
    CHECK_DIGIT = "check_digit"


class Sex(StrEnum):
    """Sex as coded everywhere in Kefu."""

    MALE = "male"
    FEMALE = "female"


class IdNumberError(ValueError):
    """The text is not an ID number; `code` says why, `actual` how many characters there are."""

    def __init__(self, code: IdFault, *, actual: int) -> None:
        super().__init__(f"{code}: {actual} characters")
        self.code = code
        self.actual = actual
        self.expected = LENGTH


@dataclass(frozen=True)
class IdNumber:
    """A checked ID number and what it tells."""

    number: str
    birth_date: date
    sex: Sex


def parse(text: str) -> IdNumber:
    """Read an ID number; spaces, hyphens, full-width characters and a small x are forgiven.

    Raises IdNumberError. A birth date in the future is for the caller to refuse, who knows what day it is.
    """
    number = re.sub(r"[\s\-–—－]", "", unicodedata.normalize("NFKC", text)).upper()
    fault = _fault(number)
    if fault is not None:
        raise IdNumberError(fault, actual=len(number))
    birth_date = _birth_date(number)
    if birth_date is None:
        raise IdNumberError(IdFault.BIRTH_DATE, actual=len(number))
    if check_digit(number[:17]) != number[17]:
        raise IdNumberError(IdFault.CHECK_DIGIT, actual=len(number))
    return IdNumber(number, birth_date, Sex.MALE if int(number[16]) % 2 else Sex.FEMALE)


def _fault(number: str) -> IdFault | None:
    if len(number) != LENGTH:
        return IdFault.LENGTH
    if not _SHAPE.fullmatch(number):
        return IdFault.BAD_CHARACTER
    return None if _PROVINCE.match(number) else IdFault.REGION


def _birth_date(number: str) -> date | None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
    return born if born.year >= 1800 else None


def check_digit(first: str) -> str:
    """The last character that belongs to the first 17 digits (ISO 7064 MOD 11-2)."""
    weighed = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True))
    return _CHECK_DIGITS[weighed % 11]


def mask(number: str) -> str:
    """Hide all but four characters at each end: `3301**********4821`. Anything else is hidden whole."""
    if len(number) != LENGTH:
        return "*" * len(number)
    return f"{number[:4]}{'*' * (LENGTH - 8)}{number[-4:]}"
