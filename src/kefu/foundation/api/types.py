"""The types of fields. What a type's JSON schema says is exactly what it accepts, save that `Phone` is more generous.

Each serves bodies, queries and answers alike: values of the model's own type pass through, texts are read.
"""

from __future__ import annotations

import re
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Annotated, Any

from django.conf import settings
from django.utils import timezone
from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, StringConstraints, WithJsonSchema
from pydantic_core import PydanticCustomError

from kefu.kernel import phones

_CONTROL = r"\x00-\x1f\x7f"
_BLANK = r" \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_FILLED = rf"^[^{_CONTROL}]*[^{_CONTROL}{_BLANK}][^{_CONTROL}]*$"
_YEAR = "(?:19|20)[0-9]{2}"
_LEAP = "(?:(?:19|20)(?:0[48]|[2468][048]|[13579][26])|2000)"
_DAY = (
    rf"(?:{_YEAR}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    rf"|02-(?:0[1-9]|1[0-9]|2[0-8]))|{_LEAP}-02-29)"
)
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6})?)?(?:Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])"
_MONEY = r"(?:0|[1-9][0-9]{0,7})(?:\.[0-9]{1,2})?"
_PHONE = r"1[3-9][0-9]{9}|(?:010|02[0-9])[1-9][0-9]{7}|0[3-9][0-9]{2}[1-9][0-9]{6,7}"

DAY = re.compile(_DAY)
MOMENT = re.compile(f"{_DAY}T{_TIME}")
MONEY = re.compile(_MONEY)
LARGEST = 99_999_999


def _text(value: Any, pattern: re.Pattern[str], code: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise PydanticCustomError(code, "wrong format")
    return value


def _read_day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(_text(value, DAY, "day"))


def _read_moment(value: Any) -> datetime:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return value
    return datetime.fromisoformat(_text(value, MOMENT, "moment"))


def _write_moment(value: datetime) -> str:
    zone: tzinfo = timezone.get_default_timezone()
    return value.astimezone(zone).isoformat(timespec="seconds")


def _whole(value: Any) -> Any:
    """To JSON, 7.0 is a whole number like 7."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _read_money(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    value = _whole(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST:
        return Decimal(value)
    return Decimal(_text(value, MONEY, "money"))


def _write_money(value: Decimal) -> str:
    return f"{value:.2f}"


def _read_phone(value: str) -> str:
    try:
        return phones.normalise(value, allow_demo=not settings.PRODUCTION)
    except phones.PhoneError as error:
        code = f"phone_{error.code}"
        raise PydanticCustomError("phone", "not a number", {"fault": code, "actual": error.actual}) from error


def _schema(**schema: Any) -> WithJsonSchema:
    return WithJsonSchema(schema)


Line = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=_FILLED), AfterValidator(str.strip)]
"""One line of 1 to 200 characters, not only blanks, without control characters; trimmed."""
Name = Annotated[str, StringConstraints(min_length=1, max_length=60, pattern=_FILLED), AfterValidator(str.strip)]
"""A line of up to 60 characters."""
Ident = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_FILLED), AfterValidator(str.strip)]
"""A reference: an id such as `cus_15`, or a code. Resolve it with `references.reference`."""
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.\-]{1,64}$")]
"""A code from a closed list that is configuration."""
Search = Annotated[str, StringConstraints(max_length=100, pattern=rf"^[^{_CONTROL}]*$"), AfterValidator(str.strip)]
"""Words to look for; may be empty."""
Text = Annotated[str, StringConstraints(max_length=4000, pattern=r"^[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f]*$")]
"""Up to 4,000 characters with line breaks; may be empty."""
Phone = Annotated[
    str, BeforeValidator(lambda value: _read_phone(value) if isinstance(value, str) else value),
    _schema(type="string", pattern=f"^(?:{_PHONE})$", examples=["13812346021", "02066778899"]),
]  # fmt: skip
"""A contact number in any usual spelling; the value is the stored form."""
Money = Annotated[
    Decimal, BeforeValidator(_read_money), PlainSerializer(_write_money, return_type=str),
    WithJsonSchema(
        {"anyOf": [{"type": "string", "pattern": f"^{_MONEY}$"}, {"type": "integer", "minimum": 0, "maximum": LARGEST}]},
        mode="validation",
    ),
    WithJsonSchema({"type": "string", "pattern": f"^-?{_MONEY}$"}, mode="serialization"),
]  # fmt: skip
"""Yuan. Read from a text or a whole number, never from a fraction of a number nor below nothing; written as a text with two decimals."""
Day = Annotated[date, BeforeValidator(_read_day), _schema(type="string", format="date", pattern=f"^{_DAY}$")]
"""A calendar day from 1900 to 2099."""
Moment = Annotated[
    datetime, BeforeValidator(_read_moment), PlainSerializer(_write_moment, return_type=str),
    _schema(type="string", format="date-time", pattern=f"^{_DAY}T{_TIME}$"),
]  # fmt: skip
"""A moment with its offset; written in local time."""
Count = Annotated[int, Field(strict=True, ge=0, le=2**31 - 1), BeforeValidator(_whole)]
"""A whole number in a body."""
Flag = Annotated[bool, Field(strict=True)]
"""Yes or no in a body."""
Switch = Annotated[
    bool, BeforeValidator(lambda value: {"true": True, "1": True, "false": False, "0": False}.get(value, value)),
    Field(strict=True), _schema(type="string", enum=["true", "false", "1", "0"]),
]  # fmt: skip
"""Yes or no in a query."""
