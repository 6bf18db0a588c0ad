"""What a customer paid and got back, by year and by what it was for."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import ExtractYear

from kefu.billing.choices import PaymentState
from kefu.billing.kinds import kind_words
from kefu.billing.models import PaymentLine, RefundLine
from kefu.customers.models import Customer
from kefu.kernel.money import ZERO, total


@dataclass(frozen=True)
class Consumed:
    """The money of one year (of business days) for one kind of thing, in yuan."""

    year: int
    kind: str
    paid: Decimal
    refunded: Decimal

    @property
    def net(self) -> Decimal:
        """What stayed."""
        return self.paid - self.refunded

    @property
    def what(self) -> str:
        """What it was for, in words."""
        return kind_words(self.kind)


@dataclass(frozen=True)
class Consumption:
    """All of it; the sums are those of the rows."""

    rows: list[Consumed]

    @property
    def paid(self) -> Decimal:
        """What came in."""
        return total(row.paid for row in self.rows)

    @property
    def refunded(self) -> Decimal:
        """What went back."""
        return total(row.refunded for row in self.rows)

    @property
    def net(self) -> Decimal:
        """What stayed."""
        return self.paid - self.refunded


def consumption_of(customer: Customer) -> Consumption:
    """What a customer paid and got back, voided payments left out, by year and kind, the latest year first. Two queries."""
    taken = PaymentLine.objects.filter(payment__customer=customer, payment__state=PaymentState.TAKEN).order_by()
    back = RefundLine.objects.filter(refund__payment__customer=customer, refund__paid_at__isnull=False).order_by()
    came, went = (
        {
            (year, kind): amount
            for year, kind, amount in rows.annotate(year=ExtractYear(day))
            .values_list("year", "charge__subject_kind")
            .annotate(amount=Sum("amount"))
        }
        for rows, day in ((taken, "payment__day"), (back, "refund__day"))
    )
    places = sorted(came.keys() | went.keys(), key=lambda place: (-place[0], place[1]))
    return Consumption([Consumed(*place, came.get(place, ZERO), went.get(place, ZERO)) for place in places])
