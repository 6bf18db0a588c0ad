"""What campaigns bring: customers who were reached and bought or booked within some days, and how much they spent (CUS-017, FUP-008)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Sum

from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.models import Appointment
from kefu.billing.choices import ChargeState
from kefu.billing.models import Charge
from kefu.followup.choices import PushKind
from kefu.followup.limits import PUSH_DAYS
from kefu.followup.models import Push, PushRecipient
from kefu.foundation.outbox.choices import LEFT


@dataclass(frozen=True)
class Brought:
    """Within so many days after it reached them: how many customers bought, how many booked, and what was spent."""

    days: int
    reached: int
    bought: int
    booked: int
    amount: Decimal


def brought(push: Push, at: datetime) -> Brought:
    """What one push brought so far. Three queries."""
    days = PUSH_DAYS.on(at)
    reached = _reached().filter(push=push)
    ids, since = reached.values("customer"), push.started_at or at
    spent = dict(
        _charges(days).filter(customer__in=ids, recorded_at__gte=since, push=push.pk).values_list("customer").annotate(total=Sum("amount"))
    )  # fmt: skip
    booked = _bookings(days).filter(customer__in=ids, booked_at__gte=since, push=push.pk)
    amount = sum(spent.values(), Decimal(0))
    return Brought(
        days,
        reached.count(),
        sum(1 for one in spent.values() if one > 0),
        booked.values("customer").distinct().count(),
        amount,
    )


def answered(ids: Sequence[int], since: datetime | None, until: datetime) -> Mapping[int, Decimal]:
    """How many campaigns each of the customers answered by buying or booking."""
    days = PUSH_DAYS.on(until)
    pairs = set(
        _within(_charges(days).filter(reverses__isnull=True), "recorded_at", ids, since, until).values_list(
            "customer", "push"
        )
    )
    pairs |= set(_within(_bookings(days), "booked_at", ids, since, until).values_list("customer", "push"))
    customers = [customer for customer, _push in pairs]
    return {pk: Decimal(customers.count(pk)) for pk in set(customers)}


def spent(ids: Sequence[int], since: datetime | None, until: datetime) -> Mapping[int, Decimal]:
    """What each of the customers spent within some days after a campaign reached him or her."""
    rows = _within(_charges(PUSH_DAYS.on(until)), "recorded_at", ids, since, until)
    return dict(rows.values_list("customer").annotate(total=Sum("amount")))


def _within(
    rows: QuerySet[Any], field: str, ids: Sequence[int], since: datetime | None, until: datetime
) -> QuerySet[Any]:
    found = rows.filter(customer__in=ids, push__isnull=False, **{f"{field}__lt": until})
    return found.filter(**{f"{field}__gte": since}) if since else found


def _charges(days: int) -> QuerySet[Any]:
    """Charges that are due, each with the latest campaign that reached its customer not longer before."""
    return Charge.objects.filter(state=ChargeState.DUE).order_by().annotate(push=_latest("recorded_at", days))


def _bookings(days: int) -> QuerySet[Any]:
    return (
        Appointment.objects.exclude(status=AppointmentStatus.CANCELLED)
        .order_by()
        .annotate(push=_latest("booked_at", days))
    )


def _latest(field: str, days: int) -> Subquery:
    when = OuterRef(field)
    reached = _reached().filter(
        customer=OuterRef("customer"), message__outbox__sent_at__lte=when, message__outbox__sent_at__gte=when - timedelta(days=days)
    )  # fmt: skip
    return Subquery(reached.order_by("-message__outbox__sent_at").values("push")[:1])


def _reached() -> QuerySet[PushRecipient]:
    return PushRecipient.objects.filter(push__kind=PushKind.CAMPAIGN, message__outbox__state__in=LEFT)
