"""Bodies and answers of the customer routes."""

from __future__ import annotations

from collections.abc import Container
from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from pydantic import BeforeValidator, Field, WithJsonSchema

from kefu.customers.choices import ContactKind, FactKind, Stage
from kefu.customers.details import SEX_WORDS
from kefu.customers.models import Customer, Source, TimelineLine
from kefu.customers.rules import OLDEST
from kefu.foundation.api.paging import Page
from kefu.foundation.api.schemas import (
    Code,
    Count,
    Day,
    Flag,
    Ident,
    In,
    Line,
    Moment,
    Money,
    Name,
    Out,
    Phone,
    Search,
    Switch,
    Text,
)
from kefu.kernel import phones
from kefu.kernel.ids import ident

SexWord = Annotated[
    Literal["female", "male"], BeforeValidator(lambda word: SEX_WORDS.get(word, word) if isinstance(word, str) else word),
    WithJsonSchema({"type": "string", "enum": [*SEX_WORDS]}),
]  # fmt: skip
"""A sex in any of the words of spreadsheets."""
Age = Annotated[Count, Field(le=OLDEST), WithJsonSchema({"type": "integer", "minimum": 0, "maximum": OLDEST})]
"""Years."""


class LeadIn(In):
    """A new person."""

    name: Name
    phone: Phone
    node: Ident | None = None
    source: Ident | None = None
    note: Text = ""
    sex: SexWord | None = None
    age: Age | None = None
    birth_date: Day | None = None
    email: Line | None = None
    card_number: Line | None = None


class FamilyIn(In):
    """Whose family the person belongs to, where a phone number is shared."""

    customer: Ident
    relation: Code
    guardian: Flag = False
    proxy: Flag = False


class ArchiveIn(In):
    """The mandatory fields of an archive; what is missing is named in the answer (CUS-001)."""

    sex: SexWord | None = None
    age: Age | None = None
    birth_date: Day | None = None
    name: Name | None = None
    phone: Phone | None = None
    doctor: Ident | None = None
    health_manager: Ident | None = None
    node: Ident | None = None
    source: Ident | None = None
    remarks: Text | None = None
    remarks_none: Flag = False
    family: FamilyIn | None = None


class ArchivePatch(In):
    """Fields to change; those not given stay."""

    name: Name | None = None
    sex: SexWord | None = None
    age: Age | None = None
    birth_date: Day | None = None
    phone: Phone | None = None
    email: Line | None = None
    source: Ident | None = None
    address: Text | None = None
    card_number: Text | None = None
    occupation: Text | None = None
    personality: Text | None = None
    interests: Text | None = None
    hobbies: Text | None = None
    special_needs: Text | None = None
    paper_mark: Annotated[str, Field(max_length=80)] | None = None
    caution: Text | None = None
    medical_history: Text | None = None
    remarks: Text | None = None
    remarks_none: Flag | None = None


class CustomerFilterIn(Page):
    """Which customers are asked for."""

    q: Search | None = None
    node: Ident | None = None
    stage: Code | None = None
    pool: Switch | None = None
    segment: Ident | None = None


class TimelineFilterIn(Page):
    """Which facts are asked for."""

    kind: Code | None = None


class WarningOut(Out):
    """Something to look at although the request was done."""

    code: str
    message: str
    customer: str | None


class CustomerOut(Out):
    """A customer as listed; the phone number is masked unless the caller may reveal it."""

    id: str
    name: str
    phone: str
    stage: str
    archive_number: str | None
    sex: str
    age: int | None
    node: str
    doctor: str | None
    health_manager: str | None
    created_at: Moment
    version: int


class LeadOut(CustomerOut):
    """The new lead and what to look at."""

    warnings: list[WarningOut]


class ArchiveOut(CustomerOut):
    """The whole archive. `medical_history` is null for those who may not see health data."""

    birth_date: Day | None
    source: str | None
    address: str
    card_number: str
    occupation: str
    personality: str
    interests: str
    hobbies: str
    special_needs: str
    capture: str
    paper_mark: str
    caution: str
    remarks: str
    medical_history: str | None


class FactOut(Out):
    """One fact of the timeline."""

    at: Moment
    kind: str
    kind_label: str
    item: str
    lines: list[str]
    amount: Money | None
    by: str | None


class SourceOut(Out):
    """A source of customers."""

    id: str
    code: str
    name: str


def show(customer: Customer, on: date, phone: str | None = None) -> dict[str, Any]:
    """A customer as listed. Contacts are taken from the prefetched ones."""
    return {
        "id": ident("cus", customer.pk), "name": customer.name, "phone": phone if phone is not None else _masked_phone(customer),
        "stage": Stage(customer.stage).value, "archive_number": customer.archive_number, "sex": customer.sex, "age": customer.age(on),
        "node": customer.node.code, "doctor": customer.doctor.job_number if customer.doctor else None,
        "health_manager": customer.health_manager.job_number if customer.health_manager else None, "created_at": customer.created_at,
        "version": customer.version,
    }  # fmt: skip


def first_phone(customer: Customer) -> str:
    """The first active phone number, in stored form; empty when there is none."""
    return next((one.value for one in customer.contacts.all() if one.active and one.kind == ContactKind.PHONE), "")


def _masked_phone(customer: Customer) -> str:
    number = first_phone(customer)
    return phones.mask(number) if number else ""


def show_archive(customer: Customer, on: date, *, phone: str | None, card: str, medical: bool) -> dict[str, Any]:
    """The whole archive; phone and card as they may be shown."""
    plain = (
        "birth_date",
        "address",
        "occupation",
        "personality",
        "interests",
        "hobbies",
        "special_needs",
        "capture",
        "paper_mark",
        "caution",
        "remarks",
    )
    return show(customer, on, phone) | {name: getattr(customer, name) for name in plain} | {
        "card_number": card, "source": customer.source.code if customer.source else None, "medical_history": customer.medical_history if medical else None,
    }  # fmt: skip


def show_fact(line: TimelineLine, *, hidden: Container[FactKind]) -> dict[str, Any]:
    """One fact; details of health facts only for those who may see them."""
    kind = FactKind(line.kind)
    return {
        "at": line.at, "kind": kind.value, "kind_label": str(kind.label), "item": line.item, "amount": line.amount,
        "lines": [] if kind in hidden else line.lines, "by": line.by.job_number if line.by else None,
    }  # fmt: skip


def show_source(source: Source) -> dict[str, Any]:
    """A source of customers."""
    return {"id": ident("src", source.pk), "code": source.code, "name": source.label}


def version_asked(request: HttpRequest) -> int | None:
    """The version of If-Match, plain or quoted; None when the caller changes whatever is there."""
    stated = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    return (
        int(stated)
        if stated.isascii() and stated.isdigit() and len(stated) < 10
        else (None if stated in ("", "*") else 0)
    )


def etag(customer: Customer) -> str:
    """The version as an entity tag."""
    return f'"{customer.version}"'
