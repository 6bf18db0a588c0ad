"""Every number with the value that counts today, and what is to come."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from kefu.administration.rules import write_value
from kefu.foundation.limits.models import LimitValue
from kefu.foundation.limits.registry import declared


@dataclass(frozen=True)
class Setting:
    """A limit: the chain's value today, the shipped default, values for single places, and values to come."""

    code: str
    label: object
    unit: str
    source: str
    value: str
    default: str
    changed: bool
    places: int
    coming: int


def settings(at: datetime) -> dict[str, list[Setting]]:
    """All limits by the area they belong to. One query."""
    today = timezone.localdate(at)
    rows: defaultdict[str, list[LimitValue]] = defaultdict(list)
    for row in LimitValue.objects.order_by("-valid_from", "-id"):
        rows[row.code].append(row)
    groups: dict[str, list[Setting]] = {}
    for limit in declared():
        held = rows[limit.code]
        now = next((row.value for row in held if row.node_id is None and row.valid_from <= today), limit.default)
        groups.setdefault(limit.code.partition(".")[0], []).append(
            Setting(
                limit.code, limit.label, limit.unit, limit.source, write_value(now), write_value(limit.default),
                changed=str(now) != str(limit.default), coming=sum(row.valid_from > today for row in held),
                places=len({row.node_id for row in held if row.node_id is not None}),
            )
        )  # fmt: skip
    return groups


def history(code: str) -> list[LimitValue]:
    """Every value a limit ever had or will have, latest day first."""
    return list(LimitValue.objects.filter(code=code).select_related("node", "set_by").order_by("-valid_from", "-id")[:100])  # fmt: skip
