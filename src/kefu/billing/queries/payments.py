"""The money taken: by customer, and by desk and day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone

from kefu.billing.choices import Method
from kefu.billing.models import Desk, Payment
from kefu.billing.models.payments import PaymentQuerySet
from kefu.billing.models.refunds import RefundQuerySet
from kefu.billing.permissions import BillingPermission
from kefu.customers.models import Customer
from kefu.foundation.access.queries import scope
from kefu.kernel.money import ZERO
from kefu.organisation.models import Node, User


@dataclass(frozen=True)
class Takings:
    """What one way of paying brought on a day, and what went back by it."""

    method: Method
    count: int
    amount: Decimal
    refunded: Decimal = ZERO

    @property
    def net(self) -> Decimal:
        """What stayed."""
        return self.amount - self.refunded


def desks_of(user: User) -> QuerySet[Desk]:
    """The desks of active places at which a person may take money."""
    return Desk.objects.usable_by(user).select_related("node")


def default_desk(user: User, customer: Customer) -> Desk | None:
    """Where a person would take a customer's money: the first desk of the person's own place, else of the customer's, if there is one."""
    desks = list(desks_of(user).filter(node_id__in={user.node_id, customer.node_id}))
    return next(iter(sorted(desks, key=lambda one: (one.node_id != user.node_id, one.position))), None)


def day_of(text: str, at: datetime) -> date:
    """The business day an address names, else today."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return timezone.localdate(at)


def payments_listed(user: User, asked: Mapping[str, str], at: datetime) -> PaymentQuerySet:
    """The payments of a business day (`day`, else today) within reach, of one desk (`desk`) or all."""
    rows = Payment.objects.visible_to(user).filter(day=day_of(asked.get("day", ""), at))
    if (desk := asked.get("desk", "")).isdecimal():
        rows = rows.filter(desk=int(desk[:9]))
    return rows.select_related("customer", "desk__node", "by")


def takings(payments: PaymentQuerySet, refunds: RefundQuerySet) -> list[Takings]:
    """What each way of paying brought, voided payments left out, and what of it went back; every way is named."""
    counted = payments.counting().order_by().values_list("method").annotate(count=Count("pk"), amount=Sum("amount"))
    by_method = {method: (count, amount) for method, count, amount in counted}
    back = dict(refunds.order_by().values_list("method").annotate(amount=Sum("amount")))
    return [Takings(method, *by_method.get(method.value, (0, ZERO)), back.get(method.value, ZERO)) for method in Method]


def places_with_desks(user: User) -> QuerySet[Node]:
    """The places at which a person may open desks, with how many (`many`) there are."""
    places = Node.objects.filter(scope(user, BillingPermission.DESK_OPEN, node="pk"))
    return places.annotate(many=Count("desks")).order_by("code")
