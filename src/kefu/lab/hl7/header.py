"""The MSH segment, read from raw bytes without ever failing: for idempotency, charset and refusals."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kefu.lab.hl7.charset import BYTEWISE, UTF8, codec_of, declared_codecs
from kefu.lab.hl7.errors import HL7Error
from kefu.lab.hl7.separators import DEFAULT_SEPARATORS, Separators, read_separators

_MSH = re.compile(rb"MSH[^A-Za-z0-9\s\x80-\xff][^\r\n]*")
_NO_CONTROLS = dict.fromkeys(range(32))


@dataclass(frozen=True, slots=True)
class Header:
    """MSH as sent: `fields[n]` is MSH-n with its escapes, so that an answer can echo it byte for byte in `codec`."""

    fields: tuple[str, ...] = ()
    separators: Separators = DEFAULT_SEPARATORS
    codec: str = UTF8

    @classmethod
    def of(cls, fields: Sequence[str], separators: Separators, codec: str) -> "Header":
        """Take the fields of an MSH segment, without control characters, which would break an answer's frame."""
        return cls(tuple(field.translate(_NO_CONTROLS) for field in fields), separators, codec)

    def raw(self, number: int) -> str:
        """Give MSH-`number` as sent, empty when missing."""
        return self.fields[number] if number < len(self.fields) else ""

    @property
    def sending_application(self) -> str:
        """Give MSH-3.1."""
        return self._component(3)

    @property
    def sending_facility(self) -> str:
        """Give MSH-4.1."""
        return self._component(4)

    @property
    def control_id(self) -> str:
        """Give MSH-10, which MSA-2 of the answer repeats."""
        return self.raw(10)

    @property
    def message_type(self) -> str:
        """Give MSH-9.1; the structure written alone (`ORU_R01`) counts as type and trigger."""
        return self._component(9).partition("_")[0]

    @property
    def trigger(self) -> str:
        """Give MSH-9.2, empty when the sender leaves it out."""
        return self._component(9, 2) or self._component(9).partition("_")[2]

    @property
    def processing_id(self) -> str:
        """Give MSH-11.1: P production, T training, D debugging."""
        return self._component(11)

    @property
    def version(self) -> str:
        """Give MSH-12.1."""
        return self._component(12)

    @property
    def charset(self) -> str:
        """Give MSH-18 as declared, all repetitions."""
        return self.raw(18)

    @property
    def charset_labels(self) -> tuple[str, ...]:
        """Give the repetitions of MSH-18."""
        return tuple(self.charset.split(self.separators.repetition))

    def _component(self, field: int, number: int = 1) -> str:
        first_repetition = self.raw(field).partition(self.separators.repetition)[0]
        components = first_repetition.split(self.separators.component)
        return components[number - 1].strip() if number <= len(components) else ""


def header_of(raw: bytes, *, fallback_charset: str | None = None) -> Header:
    """Read the first MSH segment of `raw` as well as possible; an empty `Header` when there is none. Never raises."""
    found = _MSH.search(raw)
    if found is None:
        return Header()
    line = found.group()
    separators = _separators(line)
    for codec in _likely_codecs(line, separators, fallback_charset):
        if (fields := _fields(line, separators, codec)) and codec in declared_codecs(_labels(fields, separators)):
            return Header.of(fields, separators, codec)
    for codec in filter(None, (codec_of(fallback_charset or ""), UTF8, BYTEWISE)):
        if fields := _fields(line, separators, codec):
            return Header.of(fields, separators, codec)
    return Header()


def _likely_codecs(line: bytes, separators: Separators, fallback: str | None) -> Iterator[str]:
    """Say which codecs to try. MSH-18 names the codec, but its place is only sure once the codec is known.

    A GBK name in MSH-3 to MSH-6 may contain the byte of `|`, which shifts every later field of a naive split. So a
    codec is believed only when the header, decoded with it, declares that same codec.
    """
    yield from declared_codecs(_labels(_fields(line, separators, BYTEWISE), separators))
    yield "GB18030"
    yield "BIG5"
    if fallback and (codec := codec_of(fallback)):
        yield codec


def _separators(line: bytes) -> Separators:
    text = line.decode(BYTEWISE)
    try:
        return read_separators(text)
    except HL7Error:
        mark = text[3]
        return DEFAULT_SEPARATORS if mark in DEFAULT_SEPARATORS.encoding else Separators(field=mark)


def _fields(line: bytes, separators: Separators, codec: str) -> tuple[str, ...]:
    try:
        text = line.decode(codec)
    except UnicodeDecodeError:
        return ()
    if "\ufffd" in text:
        return ()
    return ("MSH", separators.field, *text.split(separators.field)[1:])


def _labels(fields: tuple[str, ...], separators: Separators) -> list[str]:
    return fields[18].split(separators.repetition) if len(fields) > 18 else [""]
