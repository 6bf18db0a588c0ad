"""Writing segments: values are escaped here, so that callers pass plain text."""

from collections.abc import Sequence

from kefu.lab.hl7.escape import escape
from kefu.lab.hl7.separators import DEFAULT_SEPARATORS, Separators

Components = Sequence[str]


def encode_segment(name: str, *values: str | Components, separators: Separators = DEFAULT_SEPARATORS) -> str:
    """Write one segment without its terminator; a string is a plain field, a sequence its components.

    Trailing empty fields and components are left out. Raises `ValueError` for MSH, whose first fields are separators.
    """
    if name == "MSH":
        raise ValueError("MSH is written by encode_header")
    return join_fields(name, [_encode_field(value, separators) for value in values], separators)


def join_fields(name: str, raw: Sequence[str], separators: Separators = DEFAULT_SEPARATORS) -> str:
    """Write one segment of fields that are escaped already, because they repeat what somebody sent."""
    return separators.field.join(_without_tail([name, *raw]))


def encode_header(values: Sequence[str], separators: Separators = DEFAULT_SEPARATORS) -> str:
    """Write MSH; `values` are MSH-3 onwards, already escaped, because an answer echoes the sender's own."""
    return "MSH" + separators.field + join_fields(separators.encoding, values, separators)


def _encode_field(value: str | Components, separators: Separators) -> str:
    if isinstance(value, str):
        return escape(value, separators)
    return separators.component.join(_without_tail([escape(part, separators) for part in value]))


def _without_tail(pieces: list[str]) -> list[str]:
    end = len(pieces)
    while end and not pieces[end - 1]:
        end -= 1
    return pieces[:end]
