"""What a journey came to: each of a customer's journeys has amounts of its own (JRN-020)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from kefu.billing.choices import ChargeState
from kefu.billing.models import Charge
from kefu.journey.models import Journey, JourneyEntry


@dataclass(frozen=True)
class Standing:
    """A journey of a customer and the charges of the orders and purchases that its steps are about, in yuan."""

    journey: Journey
    amount: Decimal


def amounts_of(customer_id: int) -> dict[int, Decimal]:
    """Journey id to what it came to, cancelled charges and what was reversed left out. Two queries, whatever the number of journeys."""
    subjects = JourneyEntry.objects.filter(journey__customer_id=customer_id, subject_id__isnull=False)
    charges = (
        Charge.objects.filter(customer_id=customer_id).exclude(state=ChargeState.CANCELLED).select_related("reverses")
    )
    due: dict[tuple[str, int | None], Decimal] = defaultdict(Decimal)
    for charge in charges:
        signed = charge.reverses or charge
        due[(signed.subject_kind, signed.subject_id)] += charge.amount
    found: dict[int, Decimal] = {}
    for journey_id, kind, pk in subjects.values_list("journey_id", "subject_kind", "subject_id").order_by().distinct():
        found[journey_id] = found.get(journey_id, Decimal("0.00")) + due.get((kind, pk), Decimal("0.00"))
    return found


def journeys_with_amounts(customer_id: int) -> list[Standing]:
    """All journeys of a customer, the latest first, each with its amount."""
    amounts = amounts_of(customer_id)
    journeys = Journey.objects.filter(customer_id=customer_id).select_related("node").order_by("-pk")
    return [Standing(journey, amounts.get(journey.pk, Decimal("0.00"))) for journey in journeys]
