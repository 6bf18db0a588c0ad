"""A parsed message: segments, fields, repetitions, components and subcomponents."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from kefu.lab.hl7.errors import ErrorCode, HL7Error
from kefu.lab.hl7.escape import unescape
from kefu.lab.hl7.separators import Separators, read_separators

_SEGMENT_NAME = re.compile(r"[A-Z][A-Z0-9]{2}")
_PATH = re.compile(r"([A-Z][A-Z0-9]{2})(?:\((\d+)\))?-(\d+)(?:\((\d+)\))?(?:\.(\d+)(?:\.(\d+))?)?")
# Segments that open or close a message or a batch and so can never stand inside one.
_ENVELOPES = frozenset({"MSH", "FHS", "BHS", "BTS", "FTS"})


@dataclass(frozen=True, slots=True)
class Segment:
    """One line of a message; `fields[n]` is field n as sent (in MSH, field 1 is the separator itself)."""

    fields: tuple[str, ...]
    separators: Separators
    codec: str = "UTF-8"

    @property
    def name(self) -> str:
        """Give the three-letter name."""
        return self.fields[0]

    def raw(self, number: int) -> str:
        """Give field `number` exactly as sent, escapes and all; empty when missing."""
        return self.fields[number] if 0 < number < len(self.fields) else ""

    def text(self, number: int) -> str:
        """Give the whole of field `number` with its separators, unescaped."""
        raw = self.raw(number)
        return raw if self._is_separator_field(number) else self.unescape(raw)

    def repetitions(self, number: int) -> list[str]:
        """Give the repetitions of field `number` as sent; none for an empty field."""
        raw = self.raw(number)
        if not raw or self._is_separator_field(number):
            return [raw] if raw else []
        return raw.split(self.separators.repetition)

    def component(self, number: int, component: int, subcomponent: int = 0, repetition: int = 1) -> str:
        """Give one unescaped component (subcomponent 0 means all of it); empty when missing."""
        return self.part_of(_nth(self.repetitions(number), repetition), component, subcomponent)

    def part_of(self, raw: str, component: int, subcomponent: int = 0) -> str:
        """Give one unescaped component of a repetition; empty when missing."""
        part = _nth(raw.split(self.separators.component), component)
        if subcomponent:
            part = _nth(part.split(self.separators.subcomponent), subcomponent)
        return self.unescape(part)

    def unescape(self, raw: str) -> str:
        """Undo the escaping of a piece of this segment."""
        return unescape(raw, self.separators, self.codec)

    def encoded(self) -> str:
        """Give the segment as text, without its terminator."""
        if self.name != "MSH":
            return self.separators.field.join(self.fields)
        return "MSH" + self.separators.field + self.separators.field.join(self.fields[2:])

    def _is_separator_field(self, number: int) -> bool:
        return number <= 2 and self.name == "MSH"


@dataclass(frozen=True, slots=True)
class Message:
    """All segments in their order, unknown ones and Z segments too."""

    segments: tuple[Segment, ...]
    separators: Separators
    codec: str = "UTF-8"

    def named(self, name: str) -> Iterator[Segment]:
        """Give the segments called `name`."""
        return (segment for segment in self.segments if segment.name == name)

    def get(self, path: str) -> str:
        """Give the text at `PID-5`, `PID-5.1`, `PID-3(2).4.1` or `OBX(3)-5`; empty when missing.

        Without a component the whole field with its separators, else that component of the first or given repetition,
        unescaped. Raises `ValueError` for a malformed path.
        """
        name, occurrence, field, repetition, component, subcomponent = _parse_path(path)
        segments = list(self.named(name))
        if not 0 < occurrence <= len(segments):
            return ""
        segment = segments[occurrence - 1]
        if component:
            return segment.component(field, component, subcomponent, repetition or 1)
        if repetition:
            return segment.unescape(_nth(segment.repetitions(field), repetition))
        return segment.text(field)

    def encoded(self) -> str:
        """Give the message as text with CR after each segment; parsing it again gives an equal message."""
        return "".join(segment.encoded() + "\r" for segment in self.segments)


def parse(text: str, codec: str = "UTF-8") -> Message:
    r"""Split one decoded message; `codec` is what it was decoded with, for `\X..\` escapes.

    CR, LF, CRLF and blank lines all end a segment. Raises `HL7Error` 100 for anything that is not one message: no MSH
    in front, unusable separators, a line that is no segment, a second MSH.
    """
    lines = text.lstrip("\r\n")
    separators = read_separators(lines)
    segments = tuple(
        _segment(line, number, separators, codec) for number, line in enumerate(_lines(lines, separators.field))
    )
    return Message(segments, separators, codec)


def _segment(line: str, number: int, separators: Separators, codec: str) -> Segment:
    if not _looks_like_segment(line, separators.field):
        raise HL7Error(ErrorCode.SEGMENT_SEQUENCE, f"line {number + 1} is not a segment")
    fields = line.split(separators.field)
    if number and fields[0] in _ENVELOPES:
        raise HL7Error(ErrorCode.SEGMENT_SEQUENCE, f"{fields[0]} inside a message at line {number + 1}")
    if number == 0:
        fields.insert(1, separators.field)
    return Segment(tuple(fields), separators, codec)


def _lines(text: str, field: str) -> Iterable[str]:
    if "\r" not in text:
        return (line for line in text.split("\n") if line)
    return _lines_ended_by_cr(text, field)


def _lines_ended_by_cr(text: str, field: str) -> Iterator[str]:
    """Where CR ends the segments, a LF before something that is no segment is a line break of a narrative text."""
    for block in text.split("\r"):
        pieces: list[str] = []
        for line in filter(None, block.split("\n")):
            if pieces and (pieces[0].startswith("MSH") or _looks_like_segment(line, field)):
                yield "\n".join(pieces)
                pieces = []
            pieces.append(line)
        if pieces:
            yield "\n".join(pieces)


def _looks_like_segment(line: str, field: str) -> bool:
    return line[3:4] in ("", field) and _SEGMENT_NAME.fullmatch(line[:3]) is not None


def _nth(pieces: list[str], number: int) -> str:
    return pieces[number - 1] if 0 < number <= len(pieces) else ""


@lru_cache(maxsize=512)
def _parse_path(path: str) -> tuple[str, int, int, int, int, int]:
    match = _PATH.fullmatch(path)
    if match is None:
        raise ValueError(f"not a path like PID-5.1: {path!r}")
    name, occurrence, field, repetition, component, subcomponent = match.groups()
    return name, int(occurrence or 1), int(field), int(repetition or 0), int(component or 0), int(subcomponent or 0)
