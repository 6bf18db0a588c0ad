"""The laboratory of the demo: writes ORU^R01 messages for samples it was sent, with values a laboratory would send."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from kefu.lab.hl7.encoding import encode_header, encode_segment
from kefu.lab.models import Order, OrderItem, Sample
from kefu.products.models import Analyte
from kefu.products.queries import range_for

SEGMENT_END = "\r"
SEXES = {"female": "F", "male": "M"}
FINAL, CORRECTED = "F", "C"
OPEN_ENDED = Decimal("1.4")  # how far above the lower limit a value lies that has no upper one
MEASURED = timedelta(hours=3)  # before the message leaves


@dataclass(frozen=True)
class Delivery:
    """What one message tells: these items of an order, with `values` by analyte where the story names them."""

    order: Order
    lines: Sequence[OrderItem]
    values: Mapping[str, str]
    status: str = FINAL

    def message(self, at: datetime) -> bytes:
        """The message as it travels, in UTF-8."""
        sent = timezone.localtime(at)
        control = f"LIS{sent:%y%m%d%H%M%S}{self.order.pk:05d}"
        segments = [
            encode_header(
                ["DEMO-LIS", "演示检验室", "KEFU", "HQ", f"{sent:%Y%m%d%H%M%S%z}", "", "ORU^R01^ORU_R01", control, "P",
                 "2.5.1", "", "", "", "", "", "UNICODE UTF-8"]
            ),
            self._person(),
        ]  # fmt: skip
        for number, line in enumerate(self.lines, 1):
            segments += self._item(number, line, sent)
        return (SEGMENT_END.join(segments) + SEGMENT_END).encode()

    def _person(self) -> str:
        customer = self.order.customer
        born = f"{customer.birth_date:%Y%m%d}" if customer.birth_date else ""
        number = (customer.archive_number or "", "", "", "KEFU", "PI")
        return encode_segment("PID", "1", "", number, "", customer.name, "", born, SEXES.get(customer.sex, "U"))

    def _item(self, number: int, line: OrderItem, sent: datetime) -> list[str]:
        item, taken = line.item, _taken_at(line)
        analytes = item.analytes.prefetch_related("ranges").order_by("position")
        chosen = [one for one in analytes if self.status == FINAL or one.code in self.values]
        taken_text = f"{timezone.localtime(taken):%Y%m%d%H%M%S}" if taken else ""
        measured = f"{sent - MEASURED:%Y%m%d%H%M%S}"
        head = [
            str(number),
            self.order.number,
            f"F{self.order.pk}-{line.pk}",
            (item.code, item.zh, "L"),
            "",
            "",
            taken_text,
        ]
        group = encode_segment("OBR", *head, *[""] * 14, measured, "", "", self.status)
        values = [self._value(place, analyte, line, measured) for place, analyte in enumerate(chosen, 1)]
        return [encode_segment("ORC", "RE", self.order.number), group, *values]

    def _value(self, place: int, analyte: Analyte, line: OrderItem, measured: str) -> str:
        customer = self.order.customer
        age = customer.age(timezone.localdate(_taken_at(line) or self.order.placed_at))
        limits = range_for(analyte, customer.sex, age)
        low, high = (limits.low, limits.high) if limits else (None, None)
        value = self.values.get(analyte.code) or _usual(analyte, low, high, self.order.number)
        span = "-".join("" if limit is None else f"{limit:.{analyte.decimals}f}" for limit in (low, high))
        return encode_segment(
            "OBX", str(place), "NM", (analyte.code, analyte.zh, "L"), "", value, analyte.unit or "", span,
            _flag(Decimal(value), low, high), "", "", self.status, "", "", measured,
        )  # fmt: skip


def _usual(analyte: Analyte, low: Decimal | None, high: Decimal | None, salt: str) -> str:
    """A value well inside the range, always the same for the same order and analyte."""
    bottom = low if low is not None else Decimal(0)
    top = high if high is not None else bottom * OPEN_ENDED
    seed = int.from_bytes(hashlib.sha256(f"{salt}/{analyte.code}".encode()).digest()[:2])
    share = Decimal((30 if bottom else 45) + seed % 36) / 100
    return f"{bottom + (top - bottom) * share:.{analyte.decimals}f}"


def _flag(value: Decimal, low: Decimal | None, high: Decimal | None) -> str:
    if low is not None and value < low:
        return "L"
    return "H" if high is not None and value > high else "N"


def _taken_at(line: OrderItem) -> datetime | None:
    sample = Sample.objects.filter(order_item=line, state="accepted").order_by("pk").last()
    return (sample.taken_at or sample.checked_at) if sample else None
