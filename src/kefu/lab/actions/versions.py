"""Versions of results: what a laboratory sent, with our judgement beside its own (LAB-007)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count

from kefu.foundation.audit.trail import within_action
from kefu.lab.choices import ResultState
from kefu.lab.hl7 import OruResult, ResultStatus
from kefu.lab.models import Message, Order, OrderItem, ResultVersion
from kefu.lab.queries.matching import Held, Match, Value
from kefu.lab.rules.reasons import Reason
from kefu.lab.rules.results import is_late, judge, same_unit
from kefu.products.choices import Flag
from kefu.products.queries import range_for
from kefu.products.rules import Bounds

STATES = {
    ResultStatus.FINAL: ResultState.FINAL, ResultStatus.CORRECTED: ResultState.CORRECTED,
    ResultStatus.PRELIMINARY: ResultState.PRELIMINARY, ResultStatus.PARTIAL: ResultState.PRELIMINARY,
    ResultStatus.WITHDRAWN: ResultState.WITHDRAWN, ResultStatus.CANCELLED: ResultState.CANCELLED,
}  # fmt: skip
LARGEST = Decimal(10) ** 15
Place = tuple[int, str]
"""An analyte and its sub-id: what versions are counted by."""


@within_action
def write_versions(
    *, message: Message, match: Match, order: Order, present: dict[Place, ResultVersion], at: datetime
) -> list[ResultVersion]:
    """New versions for what differs from the value that counts; the same again writes nothing. Raises Held.

    `present` are the values of the ordered item that count, and goes on being that.
    """
    taken = _counted(match.line) if present else {}
    values = list(match.values)
    if not values and match.group.status is ResultStatus.CANCELLED:
        return _written(_cancelled(message, match, present, taken, at), present)
    made = []
    for value in values:
        before = present.get((value.analyte.pk, value.result.sub_id[:40]))
        version = _version(match, value, before)
        version.message, version.at = message, at
        if value.result.promotes and before is None:
            raise Held(Reason.NOTHING_TO_CONFIRM, [value.analyte.code], [order])
        if before is None or _said(before) != _said(version):
            _place(version, before, taken)
            _judge(version, value, order, match.sampled)
            made.append(version)
    return _written(made, present)


def _written(made: list[ResultVersion], present: dict[Place, ResultVersion]) -> list[ResultVersion]:
    present |= {(version.analyte_id, version.sub_id): version for version in made if not version.late}
    return ResultVersion.objects.bulk_create(made)


def _cancelled(
    message: Message, match: Match, present: dict[Place, ResultVersion], taken: dict[Place, int], at: datetime
) -> list[ResultVersion]:
    """OBR-25 X without values: the laboratory gives the whole item up."""
    made = []
    for analyte in match.analytes:
        before = present.get((analyte.pk, ""))
        if before is None or before.state != ResultState.CANCELLED:
            version = ResultVersion(
                order_item=match.line, analyte=analyte, state=ResultState.CANCELLED, status_code="X", flag=Flag.NONE,
                unit=analyte.unit, sent_at=match.sent_at, reported_at=match.group.reported_at, message=message, at=at,
            )  # fmt: skip
            _place(version, before, taken)
            made.append(version)
    return made


def _counted(line: OrderItem) -> dict[Place, int]:
    """How many versions each value of an ordered item has, late ones included."""
    rows = ResultVersion.objects.filter(order_item=line).order_by().values_list("analyte_id", "sub_id")
    return {(analyte, sub): count for analyte, sub, count in rows.annotate(Count("pk"))}


def _version(match: Match, value: Value, before: ResultVersion | None) -> ResultVersion:
    result, state = value.result, _state(match, value.result)
    if result.promotes and before is not None:
        text, comparator, numeric, unit = before.text, before.comparator, before.numeric, before.unit
        lab_range, lab_flag = before.lab_range, before.lab_flag
    else:
        numeric = result.numeric if result.numeric is not None and abs(result.numeric) < LARGEST else None
        text, comparator, unit = result.text, result.comparator, result.unit[:40]
        lab_range, lab_flag = result.range_text[:200], result.flag[:40]
    return ResultVersion(
        order_item=match.line, analyte=value.analyte, sub_id=result.sub_id[:40], state=state,
        status_code=result.status_code[:10], text=text, comparator=comparator, numeric=numeric, unit=unit,
        unit_differs=not same_unit(value.analyte.unit, unit), lab_range=lab_range, lab_flag=lab_flag, notes=result.notes,
        observed_at=result.observed_at or match.group.observed_at, reported_at=match.group.reported_at, sent_at=match.sent_at,
    )  # fmt: skip


def _state(match: Match, result: OruResult) -> ResultState:
    """OBX-11 counts, except that an item the laboratory calls preliminary has no final values, and `""` takes a value back."""
    if result.deleted:
        return ResultState.WITHDRAWN
    state = STATES[result.status]
    unfinished = match.group.status is ResultStatus.PRELIMINARY and state == ResultState.FINAL
    return ResultState.PRELIMINARY if unfinished else state


def _said(version: ResultVersion) -> tuple[object, ...]:
    """What has to differ for a new version: the value and what it counts for, not when it was sent."""
    return (
        version.state,
        version.text,
        version.comparator,
        version.unit,
        version.lab_range,
        version.lab_flag,
        version.notes,
    )


def _place(version: ResultVersion, before: ResultVersion | None, taken: dict[Place, int]) -> None:
    """Give the version its number, and see whether it was overtaken on its way."""
    version.version = taken.get((version.analyte_id, version.sub_id), 0) + 1
    if before is not None:
        version.late = is_late(version.sent_at, version.state, before.sent_at, before.state)


def _judge(version: ResultVersion, value: Value, order: Order, sampled: date) -> None:
    """Our own judgement, for the customer's sex and age on the day of the sample; none for a value in another unit."""
    analyte, customer = value.analyte, order.customer
    found = range_for(analyte, customer.sex, customer.age(sampled))
    version.low, version.high = (found.low, found.high) if found else (None, None)
    limits = Bounds(found.low, found.high) if found else None
    readable = version.state not in (ResultState.WITHDRAWN, ResultState.CANCELLED) and not version.unit_differs
    critical = Bounds(analyte.critical_low, analyte.critical_high)
    version.flag = judge(version.numeric if readable else None, version.comparator, limits, critical)
