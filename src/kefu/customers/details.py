"""The fields of the archive that are read and checked the same way everywhere: page, API, import."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import ContactKind
from kefu.customers.models import ContactPoint, Customer
from kefu.customers.rules import OLDEST
from kefu.customers.wording import phone_fault
from kefu.kernel.errors import FieldError, Invalid
from kefu.kernel.phones import PhoneError, parse, tail
from kefu.organisation.choices import Sex

REASON = 200
PLAIN = (
    "paper_mark",
    "address",
    "card_number",
    "occupation",
    "personality",
    "interests",
    "hobbies",
    "special_needs",
    "caution",
    "remarks",
)
MEDICAL = ("medical_history",)
SEX_WORDS = {"女": "female", "男": "male", "female": "female", "male": "male", "F": "female", "M": "male"}
"""How spreadsheets and programs write a sex."""
EDITABLE = ("name", "sex", "birth_date", "age", *PLAIN, "remarks_none", *MEDICAL, "source")


@dataclass(frozen=True)
class Phone:
    """A phone number as it is stored and as it is found by its end."""

    value: str
    tail: str


def read_phone(text: str, field: str = "phone") -> Phone:
    """A number in stored form. Raises Invalid that says what is wrong with it."""
    try:
        number = parse(text, allow_demo=not settings.PRODUCTION)
    except PhoneError as error:
        raise Invalid.one(field, f"phone_{error.code}", phone_fault(error)) from error
    return Phone(str(number), tail(str(number)))


def read_reason(text: str, missing: object) -> str:
    """A reason as it is kept. Raises Invalid (`reason`) where it is missing or too long."""
    if not text.strip():
        raise Invalid.one("reason", "required", missing)
    if len(text.strip()) > REASON:
        raise Invalid.one("reason", "too_long", _("原因最多 200 个字。"))
    return text.strip()


def contact_points(customer: Customer, *, phone: Phone | None, owns: bool, email: str) -> list[ContactPoint]:
    """New contact points, not saved yet."""
    points = []
    if phone:
        points.append(
            ContactPoint(customer=customer, kind=ContactKind.PHONE, value=phone.value, tail=phone.tail, owns=owns)
        )
    if email:
        points.append(ContactPoint(customer=customer, kind=ContactKind.EMAIL, value=email.strip().lower()))
    return points


def check_person(*, sex: str, birth_date: date | None, age: int | None, at: datetime) -> list[FieldError]:
    """What is wrong with sex, birth date or age."""
    today = timezone.localdate(at)
    errors = []
    if sex and sex not in Sex.values:
        errors.append(FieldError("sex", "unknown_sex", _("性别只能是男或女。")))
    if birth_date is not None and birth_date > today:
        errors.append(FieldError("birth_date", "in_future", _("出生日期不能晚于今天。")))
    elif birth_date is not None and birth_date.year < today.year - OLDEST:
        errors.append(FieldError("birth_date", "too_old", _("出生日期太早，请核对。")))
    if age is not None and not 0 <= age <= OLDEST:
        errors.append(FieldError("age", "out_of_range", _("年龄要在 0 到 130 之间。")))
    return errors


def set_age(customer: Customer, *, birth_date: date | None, age: int | None, at: datetime) -> None:
    """Keep the birth date, or the age with the day it was stated on; what is not given stays."""
    if birth_date is not None:
        customer.birth_date = birth_date
    if age is not None:
        customer.age_stated, customer.age_stated_on = age, timezone.localdate(at)


def snapshot(customer: Customer, at: datetime) -> dict[str, object]:
    """The editable fields as they are."""
    values: dict[str, object] = {
        field: getattr(customer, field) for field in ("name", "sex", "birth_date", *PLAIN, "remarks_none", *MEDICAL)
    }
    values["age"] = customer.age(timezone.localdate(at)) if customer.birth_date is None else None
    values["source"] = customer.source_id
    return values
