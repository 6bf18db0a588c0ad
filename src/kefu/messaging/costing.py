"""What messages cost, by month, template and centre."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import TruncMonth

from kefu.customers.scopes import customer_scope
from kefu.messaging.models import MessageCost
from kefu.messaging.permissions import MessagingPermission
from kefu.organisation.models import User

MONTHS = 12
ROWS = 500


@dataclass(frozen=True)
class CostRow:
    """One template at one centre in one month: messages sent, text messages counted, yuan."""

    month: datetime
    template: str
    words: str
    centre: str
    sendings: int
    parts: int
    amount: Decimal


def costs(user: User, since: datetime) -> list[CostRow]:
    """The costs of messages to the customers a person may see, latest month and dearest first; at most 500 rows."""
    rows = (
        MessageCost.objects.filter(customer_scope(user, MessagingPermission.MESSAGE_VIEW, "message__customer__"), at__gte=since)
        .values(
            "message__template__code", "message__template__zh", "message__customer__node__zh", month=TruncMonth("at")
        )
        .annotate(sendings=Count("pk"), all_parts=Sum("parts"), all_amount=Sum("amount"))
        .order_by("-month", "-all_amount", "message__template__code")
    )  # fmt: skip
    return _joined(rows[:ROWS])


def totals(rows: list[CostRow]) -> list[tuple[datetime, int, int, Decimal]]:
    """Month by month: sendings, text messages, yuan."""
    found: dict[datetime, list[Any]] = {}
    for row in rows:
        month = found.setdefault(row.month, [0, 0, Decimal(0)])
        month[0], month[1], month[2] = month[0] + row.sendings, month[1] + row.parts, month[2] + row.amount
    return [(month, *sums) for month, sums in found.items()]


def _joined(rows: Iterable[Mapping[str, Any]]) -> list[CostRow]:
    """Versions of one template count together; the words are those of the latest of them met first."""
    found: dict[tuple[Any, ...], CostRow] = {}
    for row in rows:
        key = row["month"], row["message__template__code"], row["message__customer__node__zh"]
        before = found.get(key)
        found[key] = CostRow(
            month=row["month"],
            template=row["message__template__code"],
            words=before.words if before else row["message__template__zh"],
            centre=row["message__customer__node__zh"],
            sendings=row["sendings"] + (before.sendings if before else 0),
            parts=row["all_parts"] + (before.parts if before else 0),
            amount=row["all_amount"] + (before.amount if before else 0),
        )
    return list(found.values())
