"""Which order, line and analyte a laboratory message speaks of; raises `Held` for what a person has to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from kefu.lab.hl7 import OruGroup, OruPatient, OruReport, OruResult, ResultStatus
from kefu.lab.models import Laboratory, Order, OrderItem, Sample
from kefu.lab.queries.lines import counting_lines
from kefu.lab.queries.results import sampled_on
from kefu.lab.rules.identity import mismatches
from kefu.lab.rules.reasons import Reason
from kefu.products.models import Analyte
from kefu.products.queries import analytes_of

OF_ORDER = ("number", "node", "cancelled_at", "customer__name", "customer__birth_date", "customer__sex")
"""What matching asks of an order; whoever writes reads it again, locked."""
NOTHING_SENT = frozenset({ResultStatus.NOT_ASKED, ResultStatus.PENDING})


class Held(Exception):
    """Nothing of the message may be filed. `details` are codes and numbers, never names or values."""

    def __init__(self, reason: Reason, details: Sequence[str] = (), orders: Sequence[Order] = ()) -> None:
        super().__init__(reason)
        self.reason, self.details, self.orders = reason, list(details), list(orders)


@dataclass(frozen=True)
class Value:
    """One OBX with the analyte it is of."""

    analyte: Analyte
    result: OruResult


@dataclass(frozen=True)
class Match:
    """One OBR with the ordered item it reports on, all the analytes of that item, and the day of its sample."""

    order: Order
    line: OrderItem
    group: OruGroup
    values: tuple[Value, ...]
    sent_at: datetime | None
    analytes: tuple[Analyte, ...]
    sampled: date


@dataclass(frozen=True)
class Link:
    """What a person decided about a held message: it belongs to this order, although the person reads differently."""

    order: Order | None = None
    person_confirmed: bool = False


@dataclass(frozen=True)
class Sender:
    """The character set a sender really writes, if configured, and its codes for ours."""

    charset: str | None
    codes: Mapping[str, str]


def sender_of(application: str, facility: str) -> Sender:
    """What is configured of a sender; an entry without facility holds for all."""
    rows = Laboratory.objects.filter(application=application, facility__in=(facility, "")).order_by()
    known = rows.values_list("facility", "fallback_charset", "codes")
    _facility, charset, codes = max(known, key=lambda row: bool(row[0]), default=("", "", {}))
    return Sender(charset or None, codes)


def match(reports: Sequence[OruReport], codes: Mapping[str, str], link: Link) -> list[Match]:
    """Match every group of a message, all or nothing. Controls that name nothing of ours are passed over."""
    found = [
        _match_group(report, group, codes, link)
        for report in reports
        for group in report.groups
        if not (group.qc and not any(_by_number(number) for number in group.candidates))
    ]
    if not found and not any(group.qc for report in reports for group in report.groups):
        raise Held(Reason.NO_RESULTS)
    return found


def _match_group(report: OruReport, group: OruGroup, codes: Mapping[str, str], link: Link) -> Match:
    order, sample = _order_of(group, link)
    if group.qc:
        raise Held(Reason.QUALITY_CONTROL, [order.number], [order])
    _require_person(report.patient, order, link)
    if order.cancelled_at is not None:
        raise Held(Reason.ORDER_CANCELLED, [order.number], [order])
    line = _line_of(group, order, sample, codes)
    sampled = sampled_on(line)
    if sampled is None:
        raise Held(Reason.NOT_CHECKED_IN, [line.item.code], [order])
    analytes = tuple(analytes_of(line.item))
    values = _values(group, line, analytes, codes, order)
    if not values and group.status in (ResultStatus.FINAL, ResultStatus.CORRECTED):
        raise Held(Reason.NO_RESULTS, [line.item.code], [order])
    return Match(order, line, group, values, report.sent_at, analytes, sampled)


def _order_of(group: OruGroup, link: Link) -> tuple[Order, Sample | None]:
    """The order by its placer number, else by what the laboratory or the label says; never by name."""
    numbers = [group.placer_number] if group.placer_number else [group.filler_number, group.specimen_number]
    named = [hit for number in numbers if (hit := _by_number(number))]
    label = _by_number(group.specimen_number)
    if link.order is not None:
        sample = label[1] if label and label[0].pk == link.order.pk else None
        return link.order, sample
    if not named:
        raise Held(Reason.UNKNOWN_ORDER, [number for number in group.candidates if number])
    order, sample = named[0]
    if label and label[0].pk != order.pk:
        raise Held(Reason.ORDERS_DIFFER, [order.number, label[0].number], [order])
    return order, sample or (label[1] if label else None)


def _by_number(number: str) -> tuple[Order, Sample | None] | None:
    """An order by its own number or by a sample's."""
    if not number:
        return None
    orders = Order.objects.select_related("customer").only(*OF_ORDER)
    order = orders.filter(number=number).first()
    if order is not None:
        return order, None
    sample = Sample.objects.select_related("order_item__item").filter(barcode=number).first()
    return (orders.get(pk=sample.order_id), sample) if sample else None


def _require_person(patient: OruPatient, order: Order, link: Link) -> None:
    customer = order.customer
    different = mismatches(
        patient.names,
        patient.birth_date,
        patient.sex,
        name=customer.name,
        born=customer.birth_date,
        customer_sex=customer.sex,
    )
    if different and not link.person_confirmed:
        raise Held(Reason.OTHER_PERSON, different, [order])


def _line_of(group: OruGroup, order: Order, sample: Sample | None, codes: Mapping[str, str]) -> OrderItem:
    """The line by OBR-4; a sender without OBR-4 is understood where the sample or a single ordered item leaves no doubt."""
    lines = list(counting_lines(order).select_related("item"))
    code = codes.get(group.item_code, group.item_code)
    fitting = [line for line in lines if line.item.code == code]
    if not code and sample is not None:
        fitting = [line for line in lines if line.pk == sample.order_item_id]
    elif not code and len(lines) == 1:
        fitting = lines
    if not fitting:
        raise Held(Reason.UNKNOWN_ITEM, [code or "OBR-4"], [order])
    return fitting[0]


def _values(
    group: OruGroup, line: OrderItem, analytes: Sequence[Analyte], codes: Mapping[str, str], order: Order
) -> tuple[Value, ...]:
    """The values that say something. A file (ED) of an unknown code is kept with the message only."""
    known = {analyte.code: analyte for analyte in analytes}
    said = [result for result in group.results if result.status not in NOTHING_SENT]
    coded = [(codes.get(result.code, result.code), result) for result in said]
    coded = [(code, result) for code, result in coded if code in known or result.attachment is None]
    if unknown := [code or "OBX-3" for code, _result in coded if code not in known]:
        raise Held(Reason.UNKNOWN_ANALYTE, [line.item.code, *unknown], [order])
    if strange := [result.status_code for _code, result in coded if result.status is ResultStatus.UNKNOWN]:
        raise Held(Reason.UNKNOWN_STATUS, strange, [order])
    counted = Counter((code, result.sub_id) for code, result in coded)
    if twice := [code for (code, _sub), count in counted.items() if count > 1]:
        raise Held(Reason.REPEATED, [line.item.code, *twice], [order])
    return tuple(Value(known[code], result) for code, result in coded)
