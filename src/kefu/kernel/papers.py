"""Numbers of identity papers: the mainland card, passports, the permits of Hong Kong, Macao and Taiwan, the card of foreign residents."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kefu.kernel.id_numbers import IdNumberError, Sex, check_digit, parse


class PaperKind(StrEnum):
    """Kinds of papers people identify themselves with."""

    RESIDENT = "resident"
    PASSPORT = "passport"
    HK_MACAO = "hk_macao"
    TAIWAN = "taiwan"
    FOREIGN_RESIDENT = "foreign_resident"
    OTHER = "other"


class PaperFault(StrEnum):
    """Why a number is not accepted; the caller has the words."""

    SHAPE = "shape"
    CHECK_DIGIT = "check_digit"


class PaperError(ValueError):
    """The text is no number of such a paper."""

    def __init__(self, code: PaperFault) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Paper:
    """A checked number, and what it tells of the person where it does."""

    kind: PaperKind
    number: str
    birth_date: date | None = None
    sex: Sex | None = None


_SHAPES = {
    PaperKind.PASSPORT: re.compile(r"[A-Z0-9]{5,20}"),
    PaperKind.HK_MACAO: re.compile(r"[HM]\d{8}(?:\d{2})?"),
    PaperKind.TAIWAN: re.compile(r"\d{8}|\d{10}[A-Z]?"),
    PaperKind.FOREIGN_RESIDENT: re.compile(r"[A-Z]{3}\d{12}|9\d{16}[\dX]"),
    PaperKind.OTHER: re.compile(r"[A-Z0-9]{4,40}"),
}


def plain_number(text: str) -> str:
    """As a number is kept and compared: half-width capitals without spaces, hyphens and brackets."""
    return re.sub(r"[\s\-–—－()]", "", unicodedata.normalize("NFKC", text)).upper()


def read_paper(kind: PaperKind, text: str) -> Paper:
    """Read a number of a paper. Raises PaperError."""
    number = plain_number(text)
    if kind is PaperKind.RESIDENT:
        return _resident(number)
    if not _SHAPES[kind].fullmatch(number) or not any(character.isdigit() for character in number):
        raise PaperError(PaperFault.SHAPE)
    if kind is PaperKind.FOREIGN_RESIDENT and number[0] == "9" and check_digit(number[:17]) != number[17]:
        raise PaperError(PaperFault.CHECK_DIGIT)
    return Paper(kind, number)


def _resident(number: str) -> Paper:
    try:
        card = parse(number)
    except IdNumberError as error:
        wrong = PaperFault.CHECK_DIGIT if error.code == "check_digit" else PaperFault.SHAPE
        raise PaperError(wrong) from error
    return Paper(PaperKind.RESIDENT, card.number, card.birth_date, card.sex)
