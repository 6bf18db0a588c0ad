"""Bodies and answers of the orders."""

from __future__ import annotations

from datetime import date

from pydantic import ConfigDict

from kefu.foundation.api.paging import Page
from kefu.foundation.api.schemas import Day, Flag, Ident, In, Line, Moment, Money, Name, Out, Text
from kefu.lab.choices import KitMode, Signer


class OrderIn(In):
    """Tests for a customer; an item named twice counts twice. `items` may name packages too."""

    customer: Ident
    doctor: Ident
    items: list[Ident]
    packages: list[Ident] = []
    note: Text = ""


class SignatureIn(In):
    """Who signed the sheet, and when; nobody named is the customer, today."""

    signer: Signer = Signer.CUSTOMER
    signer_name: Name | None = None
    signed_on: Day | None = None


class KitIn(In):
    """How the kit reaches the customer; a posted one needs carrier and waybill."""

    mode: KitMode = KitMode.HANDED
    carrier: Line | None = None
    waybill: Line | None = None


class SamplesIn(In):
    """What was found: good in every check, or unfit for a reason (a code of the list, or words). Without `barcodes` all awaited samples."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"accepted": {"const": True}}},
                {"required": ["reason"], "properties": {"reason": {"type": "string"}}},
            ]
        }
    )

    accepted: Flag
    reason: Line | None = None
    note: Line | None = None
    barcodes: list[Ident] | None = None
    taken_at: Moment | None = None


class OrderFilter(Page):
    """`status` is a code, `customer` an id or archive number."""

    status: Line | None = None
    customer: Ident | None = None


class ItemOut(Out):
    """An ordered test."""

    item: str
    name: str
    package: str | None
    price: Money
    quantity: int
    amount: Money


class SampleOut(Out):
    """A sample; an unfit one says why."""

    barcode: str
    item: str
    status: str
    due_on: date
    reason: str | None
    replaces: str | None


class OrderReportOut(Out):
    """A report of the order."""

    id: str
    kind: str
    status: str


class OrderOut(Out):
    """An order and where it stands. `report_due` is the promised date, before the kit the estimate."""

    id: str
    number: str
    customer: str
    doctor: str
    total: Money
    status: str
    status_label: str
    report_due: date
    ordered_at: Moment


class OrderDetail(OrderOut):
    """An order with its tests, samples and reports."""

    items: list[ItemOut]
    samples: list[SampleOut]
    reports: list[OrderReportOut]
