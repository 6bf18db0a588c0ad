"""What messages cost, by month, template and centre."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, F, QuerySet, Sum
from django.db.models.functions import TruncMonth

from kefu.customers.scopes import customer_scope
from kefu.messaging.models import MessageCost
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.queries import current_templates
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


@dataclass(frozen=True)
class MonthTotal:
    """All of one month: messages sent, text messages counted, yuan."""

    month: datetime
    sendings: int
    parts: int
    amount: Decimal


def costs(user: User, since: datetime) -> list[CostRow]:
    """The costs of messages to the customers a person may see, latest month and dearest first; at most ROWS, versions of a template together."""
    found = (
        _seen(user, since)
        .values(code=F("message__template__code"), centre=F("message__customer__node__zh"), month=TruncMonth("at"))
        .annotate(sendings=Count("pk"), all_parts=Sum("parts"), all_amount=Sum("amount"))
        .order_by("-month", "-all_amount", "code", "centre")
    )
    rows = list(found[:ROWS])
    words = dict(current_templates().filter(code__in={row["code"] for row in rows}).values_list("code", "zh"))
    return [
        CostRow(row["month"], row["code"], words.get(row["code"], ""), row["centre"], row["sendings"], row["all_parts"], row["all_amount"])
        for row in rows
    ]  # fmt: skip


def totals(user: User, since: datetime) -> list[MonthTotal]:
    """Month by month, latest first, of everything a person may see however many rows `costs` shows."""
    found = (
        _seen(user, since)
        .values(month=TruncMonth("at"))
        .annotate(sendings=Count("pk"), all_parts=Sum("parts"), all_amount=Sum("amount"))
        .order_by("-month")
    )
    return [MonthTotal(row["month"], row["sendings"], row["all_parts"], row["all_amount"]) for row in found]


def _seen(user: User, since: datetime) -> QuerySet[MessageCost]:
    scope = customer_scope(user, MessagingPermission.MESSAGE_VIEW, "message__customer__")
    return MessageCost.objects.filter(scope, at__gte=since)
