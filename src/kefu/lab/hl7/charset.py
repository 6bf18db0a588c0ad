"""Character sets of MSH-18 and strict decoding: a character that cannot be read is an error, never U+FFFD."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kefu.lab.hl7.errors import ErrorCode, HL7Error

UTF8 = "UTF-8"
UTF8_BOM = b"\xef\xbb\xbf"
# Maps each byte to one character and back, so that nothing of an unreadable header is lost.
BYTEWISE = "ISO-8859-1"

# Labels are compared without case, blanks and punctuation. GB2312 and GBK are read as their superset GB 18030, because
# systems that declare the smaller set send names from the larger one.
_CODECS: dict[str, str] = {
    **dict.fromkeys(("UNICODEUTF8", "UNICODE", "UTF8"), UTF8),
    **dict.fromkeys(
        ("GB180302000", "GB180302005", "GB180302022", "GB18030", "GBK", "CP936", "GB2312", "GB231280", "GB23121980"),
        "GB18030",
    ),
    **dict.fromkeys(("ASCII", "USASCII", "ISOIR6"), "ASCII"),
    **dict.fromkeys(("BIG5", "CP950"), "BIG5"),
    **{f"{prefix}8859{part}": f"ISO-8859-{part}" for prefix in ("", "ISO") for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 15)},
}


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text, the codec that read it, and whether that is not what the sender declared."""

    text: str
    codec: str
    flagged: bool


def codec_of(label: str) -> str | None:
    """Name the codec for one MSH-18 value (empty or `""` means UTF-8), or None for one we do not know."""
    key = re.sub(r"[^A-Z0-9]", "", label.upper())
    return _CODECS.get(key) if key else UTF8


def declared_codecs(labels: Sequence[str]) -> tuple[str, ...]:
    """Name the known codecs among the repetitions of MSH-18, in the sender's order; none at all means UTF-8."""
    known = (codec_of(label) for label in labels or ("",))
    return tuple(dict.fromkeys(codec for codec in known if codec))


def decode(raw: bytes, labels: Sequence[str], *, fallback: str | None = None, bom: bool = False) -> Decoded:
    """Decode `raw` by the repetitions of MSH-18, else by the peer's `fallback`, which is flagged.

    A byte order mark (`bom`) proves UTF-8 whatever is declared. Raises `HL7Error` 103 for a character set we do not
    know, 102 for bytes that are not text in it; `ValueError` for an unknown `fallback`, which is configuration.
    """
    codecs = declared_codecs(labels)
    for codec in (UTF8,) if bom else _provable_first(raw, codecs):
        if (text := _strict(raw, codec)) is not None:
            return Decoded(text, codec, flagged=codec not in codecs)
    if fallback is not None:
        codec = _configured(fallback)
        if (text := _strict(raw, codec)) is not None:
            return Decoded(text, codec, flagged=True)
    if not codecs:
        raise HL7Error(ErrorCode.TABLE_VALUE, "MSH-18 names a character set that is not supported")
    raise HL7Error(ErrorCode.DATA_TYPE, f"the message is not valid {' or '.join(codecs)} text")


def encode(text: str, codec: str) -> bytes:
    """Encode an answer for its receiver; what the character set lacks becomes `?`."""
    return text.encode(codec, errors="replace")


def _provable_first(raw: bytes, codecs: tuple[str, ...]) -> list[str]:
    # Any bytes are valid ISO 8859, so it says nothing while another declared set can still prove itself.
    if raw.isascii():
        return list(codecs)
    return sorted(codecs, key=lambda codec: codec.startswith("ISO-8859"))


def _configured(label: str) -> str:
    codec = codec_of(label)
    if codec is None:
        raise ValueError(f"unknown fallback character set {label!r}")
    return codec


def _strict(raw: bytes, codec: str) -> str | None:
    try:
        text = raw.decode(codec)
    except UnicodeDecodeError:
        return None
    if "\ufffd" in text:
        raise HL7Error(ErrorCode.DATA_TYPE, "the message contains U+FFFD: characters were lost before it was sent")
    if "\x00" in text:
        raise HL7Error(ErrorCode.DATA_TYPE, "the message contains NUL characters")
    return text
