"""The delimiters a message declares in MSH-1 and MSH-2."""

from dataclasses import dataclass

from kefu.lab.hl7.errors import ErrorCode, HL7Error


@dataclass(frozen=True, slots=True)
class Separators:
    """MSH-1 and the characters of MSH-2; `truncation` is empty before version 2.7."""

    field: str = "|"
    component: str = "^"
    repetition: str = "~"
    escape: str = "\\"
    subcomponent: str = "&"
    truncation: str = ""

    @property
    def encoding(self) -> str:
        """MSH-2 as it is sent."""
        return self.component + self.repetition + self.escape + self.subcomponent + self.truncation


DEFAULT_SEPARATORS = Separators()


def read_separators(text: str) -> Separators:
    """Read the separators of a text that starts with an MSH segment.

    Raises `HL7Error` 100 unless MSH-1 is one and MSH-2 four or five different punctuation characters: with any other
    number nobody can tell which one is missing.
    """
    field = text[3:4]
    end = text.find(field, 4) if field else -1
    encoding = text[4:end] if end >= 0 else text[4:].rstrip("\r\n")
    marks = field + encoding
    if not text.startswith("MSH") or len(encoding) not in (4, 5) or len(set(marks)) != len(marks):
        raise HL7Error(ErrorCode.SEGMENT_SEQUENCE, "MSH-1 and MSH-2 do not name the separators")
    if not all(_can_separate(mark) for mark in marks):
        raise HL7Error(ErrorCode.SEGMENT_SEQUENCE, "MSH-1 and MSH-2 contain a character that cannot separate")
    return Separators(field, *encoding)


def _can_separate(mark: str) -> bool:
    return mark.isascii() and mark.isprintable() and not mark.isalnum() and mark != " "
