"""Words as SMPP carries them: in the GSM alphabet or UCS-2, in parts that telephones put together again."""

from __future__ import annotations

from dataclasses import dataclass

from kefu.messaging.rules import in_gsm

GSM_CODING, UCS2_CODING = 0x00, 0x08
IN_PARTS = 0x40  # esm_class: the body begins with a header (UDHI)
TABLE = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
AFTER_ESCAPE = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}


@dataclass(frozen=True)
class Carried:
    """The bodies of one message with their coding."""

    bodies: tuple[bytes, ...]
    coding: int
    esm_class: int


def carried(text: str, number: int) -> Carried:
    """The words cut into as few parts as they need, never through a character; `number` (0 to 255) is common to the parts."""
    gsm = in_gsm(text)
    alone, each = (160, 153) if gsm else (140, 134)
    characters = [_septets(character) if gsm else character.encode("utf-16-be") for character in text]
    coding = GSM_CODING if gsm else UCS2_CODING
    if sum(map(len, characters)) <= alone:
        return Carried((b"".join(characters),), coding, 0)
    parts = _packed(characters, each)
    headed = tuple(bytes((5, 0, 3, number, len(parts), place)) + part for place, part in enumerate(parts, start=1))
    return Carried(headed, coding, IN_PARTS)


def _septets(character: str) -> bytes:
    if character in AFTER_ESCAPE:
        return bytes((0x1B, AFTER_ESCAPE[character]))
    return bytes((TABLE.index(character),))


def _packed(characters: list[bytes], each: int) -> list[bytes]:
    parts = [b""]
    for character in characters:
        if len(parts[-1]) + len(character) > each:
            parts.append(b"")
        parts[-1] += character
    return parts
