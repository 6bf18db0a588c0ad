"""The value of an OBX: kept as text, with a number beside it where the text plainly is one."""

import base64
import binascii
import re
from dataclasses import dataclass
from decimal import Decimal

from kefu.lab.hl7.errors import ErrorCode, HL7Error
from kefu.lab.hl7.message import Segment

_VALUE = 5
_NUMBER = re.compile(r"(<=|>=|<|>|=)? *([+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,2})?)")
# Longer digit strings are barcodes or dates, not measurements.
_LONGEST_NUMBER = 40
_NUMERIC_TYPES = frozenset({"", "NM", "ST", "TX"})
_CODED_TYPES = frozenset({"CE", "CWE", "CF", "CNE"})
# Full-width forms one by one: a general normalisation would turn 10² into 102.
_SIGNS: dict[int, str] = {
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    **{ord(sign): "<=" for sign in "≤⩽≦"},
    **{ord(sign): ">=" for sign in "≥⩾≧"},
}


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside an ED value; `data` is still encoded."""

    media_type: str
    subtype: str
    encoding: str
    data: str

    def content(self) -> bytes:
        """Decode the file. Raises `HL7Error` 102 when the data is not what `encoding` says."""
        try:
            if self.encoding.upper() == "BASE64":
                return base64.b64decode("".join(self.data.split()), validate=True)
            if self.encoding.upper() == "HEX":
                return bytes.fromhex(self.data)
        except (binascii.Error, ValueError) as reason:
            raise HL7Error(ErrorCode.DATA_TYPE, f"OBX-5 is not valid {self.encoding}") from reason
        return self.data.encode()


@dataclass(frozen=True, slots=True)
class ObservedValue:
    """One OBX-5: `raw` is all of it as sent (unescaped), `text` is for people, `numeric` for comparing.

    `raw` of a file names its type only. `comparator` is one of `<`, `>`, `<=`, `>=` or empty, ASCII whatever was sent.
    """

    raw: str
    text: str
    comparator: str = ""
    numeric: Decimal | None = None
    attachment: Attachment | None = None


def read_value(observation: Segment) -> ObservedValue:
    """Read OBX-5 as OBX-2 says; unknown and missing types are text. `0` is a value, `""` is a value taken back."""
    value_type = observation.component(2, 1).upper()
    if value_type == "ED" and observation.component(_VALUE, 5):
        return _attachment(observation)
    raw = observation.text(_VALUE)
    text = "\n".join(_readable(observation, piece, value_type) for piece in observation.repetitions(_VALUE))
    if raw == '""':
        return ObservedValue(raw, "")
    if value_type == "SN":
        return _structured(observation, raw, text)
    comparator, numeric = read_number(text) if value_type in _NUMERIC_TYPES else ("", None)
    return ObservedValue(raw, text, comparator, numeric)


def read_number(text: str) -> tuple[str, Decimal | None]:
    """Read `5.10`, `<0.5`, `≥1000` into comparator and number; ("", None) where the text is not plainly a number.

    `1,2` is not: it is 1.2 to one laboratory and two values to another.
    """
    if len(text) > _LONGEST_NUMBER:
        return "", None
    match = _NUMBER.fullmatch(text.translate(_SIGNS).strip())
    if match is None:
        return "", None
    comparator, digits = match.groups()
    return "" if comparator in (None, "=") else comparator, Decimal(digits)


def _readable(observation: Segment, raw: str, value_type: str) -> str:
    if value_type in _CODED_TYPES:
        # The sender's own words, else the name, else the code, of either coding system.
        parts = (observation.part_of(raw, number).strip() for number in (9, 2, 5, 1, 4))
        return next(filter(None, parts), "")
    if value_type == "SN":
        return "".join(observation.part_of(raw, number).strip() for number in (1, 2, 3, 4))
    if value_type == "RP":
        return observation.part_of(raw, 1)
    return observation.unescape(raw)


def _structured(observation: Segment, raw: str, text: str) -> ObservedValue:
    """SN: comparator^number^separator^number. A ratio, range or `2+` is text only."""
    if observation.component(_VALUE, 3) or observation.component(_VALUE, 4):
        return ObservedValue(raw, text)
    comparator, numeric = read_number(text)
    return ObservedValue(raw, text, comparator, numeric)


def _attachment(observation: Segment) -> ObservedValue:
    media_type, subtype, encoding, data = (observation.component(_VALUE, number) for number in (2, 3, 4, 5))
    name = "/".join(filter(None, (media_type, subtype))).lower()
    return ObservedValue(name, name, attachment=Attachment(media_type, subtype, encoding, data))
