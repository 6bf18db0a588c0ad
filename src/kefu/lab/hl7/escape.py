"""Escape sequences inside a value (HL7 2.5.1, 2.7)."""

import re
from functools import lru_cache

from kefu.lab.hl7.separators import DEFAULT_SEPARATORS, Separators

_SEQUENCE = re.compile(r"[A-Z.][A-Za-z0-9.+-]*")
_HEX = re.compile(r"X(?:[0-9A-Fa-f]{2})+")
# What PostgreSQL cannot store and what only ever stands for a character somebody has already lost.
_UNWANTED = ("\x00", "\ufffd")


def escape(text: str, separators: Separators = DEFAULT_SEPARATORS) -> str:
    """Make `text` safe inside a field: delimiters and control characters only, Chinese stays as it is.

    `unescape` gives the same text back, except that NUL stays the sequence it was turned into.
    """
    return text.translate(_escapes(separators))


def unescape(text: str, separators: Separators = DEFAULT_SEPARATORS, codec: str = "UTF-8") -> str:
    r"""Undo escaping; `codec` is the message's, for the bytes of `\X..\`.

    Sequences we do not know (`\H\`, `\Zabc\`) and a lone escape character are kept as they came.
    """
    mark = separators.escape
    if mark not in text:
        return text
    pieces: list[str] = []
    position = 0
    while (start := text.find(mark, position)) >= 0:
        pieces.append(text[position:start])
        end = text.find(mark, start + 1)
        body = text[start + 1 : end] if end >= 0 else ""
        meaning = _meaning(body, separators, codec)
        if meaning is None:
            # `5 \ 6 \F\ 7`: the first mark opens nothing, so the second may still open a real sequence.
            position = end + 1 if _SEQUENCE.fullmatch(body) else start + 1
            meaning = text[start:position]
        else:
            position = end + 1
        pieces.append(meaning)
    pieces.append(text[position:])
    return "".join(pieces)


def _meaning(body: str, separators: Separators, codec: str) -> str | None:
    known = _names(separators).get(body)
    if known is not None or not _HEX.fullmatch(body):
        return known
    try:
        decoded = bytes.fromhex(body[1:]).decode(codec)
    except UnicodeDecodeError:
        return None
    return None if any(character in decoded for character in _UNWANTED) else decoded


@lru_cache(maxsize=64)
def _names(separators: Separators) -> dict[str, str]:
    names = {
        "F": separators.field,
        "S": separators.component,
        "T": separators.subcomponent,
        "R": separators.repetition,
        "E": separators.escape,
        ".br": "\n",
    }
    return names | ({"P": separators.truncation} if separators.truncation else {})


@lru_cache(maxsize=64)
def _escapes(separators: Separators) -> dict[int, str]:
    mark = separators.escape
    controls = {code: f"{mark}X{code:02X}{mark}" for code in range(32) if chr(code) != "\t"}
    delimiters = {ord(sign): f"{mark}{name}{mark}" for name, sign in _names(separators).items() if name != ".br"}
    return controls | delimiters
