"""Laboratory messages about orders, for the stories of this module and of those above it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from kefu.lab.actions.messages import receive
from kefu.lab.hl7 import read
from kefu.lab.hl7.charset import BYTEWISE
from kefu.lab.models import Order, OrderItem
from kefu.lab.queries.lines import active_items
from kefu.lab.queries.results import sampled_on
from kefu.products.models import Analyte
from kefu.products.queries import analytes_of, range_for
from kefu.testing.cast import Cast

Values = Mapping[str, str]


def middle(analyte: Analyte, line: OrderItem) -> str:
    """A value in the middle of the customer's range, with the analyte's decimals."""
    customer = line.order.customer
    day = sampled_on(line) or line.order.placed_at.date()
    found = range_for(analyte, customer.sex, customer.age(day))
    if found is None:
        return "1"
    low = found.low if found.low is not None else Decimal(0)
    high = found.high if found.high is not None else low * 2 + 2
    return str(round((low + high) / 2, analyte.decimals))


def oru(
    order: Order,
    codes: Sequence[str] = (),
    values: Values | None = None,
    *,
    control_id: str = "M1",
    status: str = "F",
    sent: str = "20261124100000",
    number: str | None = None,
    name: str | None = None,
    pid: str | None = None,
    only: Sequence[str] = (),
    charset: str = "",
    end: str = "\r",
    flags: Values | None = None,
) -> str:
    """An ORU^R01 with every analyte of the ordered items (or of those in `codes`), normal unless `values` says otherwise.

    `only` names the analytes that are sent; `number`, `name`, `pid` replace what the order says.
    """
    customer = order.customer
    who = pid or f"PID|1||C1||{name or customer.name}||{customer.birth_date or '':%Y%m%d}|{customer.sex[:1].upper()}"
    segments = [f"MSH|^~\\&|XHLQ|协和洛奇检验室|KEFU|HQ|{sent}||ORU^R01|{control_id}|P|2.5.1||||||{charset}", who]
    lines = [line for line in active_items(order) if not codes or line.item.code in codes]
    for position, line in enumerate(lines, 1):
        ordered = order.number if number is None else number
        segments += [
            f"ORC|RE|{ordered}",
            f"OBR|{position}|{ordered}|F{position}|{line.item.code}^{line.item.zh}|||{sent}||||||||||||||||||{status}",
        ]
        segments += _observations(line, values or {}, flags or {}, only, status)
    return end.join(segments) + end


def escaped(text: str) -> str:
    """A text as it stands in a field: 10^9/L holds the separator of components."""
    return text.replace("^", "\\S\\")


def _observations(line: OrderItem, values: Values, flags: Values, only: Sequence[str], status: str) -> list[str]:
    found = [analyte for analyte in analytes_of(line.item) if not only or analyte.code in only]
    return [
        f"OBX|{position}|NM|{analyte.code}^{analyte.zh}||{values.get(analyte.code) or middle(analyte, line)}|{escaped(analyte.unit)}"
        f"||{flags.get(analyte.code, '')}|||{status}"
        for position, analyte in enumerate(found, 1)
    ]


def told(answer: bytes) -> tuple[str, str]:
    """The acknowledgement code and ERR-3 of an answer."""
    said = read(answer, fallback_charset=BYTEWISE)[0].message
    return said.get("MSA-1"), said.get("ERR-3.1")


def deliver(cast: Cast, message: str | bytes, *, days: float = 1) -> tuple[str, str]:
    """Let the laboratory send a message so many days into the story; gives the acknowledgement code and ERR-3."""
    raw = message if isinstance(message, bytes) else message.encode()
    at: datetime = cast.at + timedelta(days=days)
    return told(receive(raw=raw, by=cast.lab_system, at=at))
