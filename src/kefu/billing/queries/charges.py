"""Reading charges."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import QuerySet, Sum

from kefu.billing.choices import ChargeState
from kefu.billing.models import Charge
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import Subject


def due_charge(subject: Subject) -> Charge | None:
    """The charge that counts for a record, if any."""
    return Charge.objects.filter(subject_kind=subject.kind, subject_id=subject.id, state=ChargeState.DUE).first()


def charges_of(customer: Customer) -> QuerySet[Charge]:
    """A customer's charges, newest first, with who recorded and cancelled them."""
    charges = Charge.objects.filter(customer=customer).select_related("recorded_by", "cancelled_by")
    return charges.order_by("-recorded_at", "-id")


def total_due(customer: Customer) -> Decimal:
    """What all charges of a customer that count add up to, in yuan."""
    counting = Charge.objects.filter(customer=customer, state=ChargeState.DUE)
    return counting.aggregate(total=Sum("amount"))["total"] or Decimal("0.00")
