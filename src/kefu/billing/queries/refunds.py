"""The money given back: what of a payment still can, what waits, what went on a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from kefu.billing.models import Charge, Payment, Refund, RefundLine
from kefu.billing.models.refunds import RefundQuerySet
from kefu.billing.queries.owing import standing_of
from kefu.billing.queries.payments import day_of
from kefu.kernel.money import ZERO
from kefu.organisation.models import User


@dataclass(frozen=True)
class Refundable:
    """A charge a payment settled, with what of that may still go back."""

    charge: Charge
    left: Decimal


def refundable(payment: Payment) -> list[Refundable]:
    """What may still be asked back of a payment, by charge, the oldest first; what is asked for or went back is taken off."""
    standing = RefundLine.objects.filter(refund__in=payment.refunds.standing()).order_by()
    gone = dict(standing.values_list("charge").annotate(total=Sum("amount")))
    lines = payment.lines.select_related("charge").order_by("charge_id")
    found = [Refundable(line.charge, line.amount - gone.get(line.charge_id, ZERO)) for line in lines]
    return [one for one in found if one.left > 0]


def over_of(charge: Charge) -> Decimal:
    """What was paid on a charge beyond what it still comes to, without what is asked back already."""
    waiting = RefundLine.objects.filter(charge=charge, refund__in=Refund.objects.waiting())
    asked: Decimal = waiting.aggregate(total=Sum("amount"))["total"] or ZERO
    return max(ZERO, standing_of([charge]).lines[0].over - asked)


def refunds_of(payment: Payment) -> QuerySet[Refund]:
    """The refunds asked for a payment, the newest first."""
    return payment.refunds.select_related("request", "asked_by", "paid_by", "payment").order_by("-id")


def refunds_listed(user: User, asked: Mapping[str, str], at: datetime) -> RefundQuerySet:
    """Refunds within reach: those that wait, else those paid out on the business day an address names (`day`)."""
    rows = Refund.objects.visible_to(user).select_related(
        "payment__customer", "request", "asked_by", "paid_by", "desk__node"
    )
    return rows.filter(day=day_of(asked["day"], at)) if asked.get("day") else rows.waiting()


def refunds_paid(user: User, asked: Mapping[str, str], at: datetime) -> RefundQuerySet:
    """The refunds paid out on a business day (`day`, else today) within reach, at one desk (`desk`) or all."""
    rows = Refund.objects.visible_to(user).filter(day=day_of(asked.get("day", ""), at))
    if (desk := asked.get("desk", "")).isdecimal():
        rows = rows.filter(desk=int(desk[:9]))
    return rows
