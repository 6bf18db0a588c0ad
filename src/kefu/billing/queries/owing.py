"""What customers still owe: derived from charges, payments and refunds, never kept."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from kefu.billing.choices import ChargeState, PaymentState
from kefu.billing.models import Charge, PaymentLine, RefundLine
from kefu.kernel.money import ZERO, total


@dataclass(frozen=True)
class Owing:
    """A charge with what was paid on it and not given back."""

    charge: Charge
    paid: Decimal
    reversed: Decimal = ZERO
    """What reversals took back of it, as an amount above zero."""

    @property
    def net(self) -> Decimal:
        """What it still comes to; reversals and cancelled charges come to nothing of their own."""
        counts = self.charge.state == ChargeState.DUE and self.charge.reverses_id is None
        return self.charge.amount - self.reversed if counts else ZERO

    @property
    def owed(self) -> Decimal:
        """What is left to pay."""
        return max(ZERO, self.net - self.paid)

    @property
    def over(self) -> Decimal:
        """What was paid beyond what it still comes to: it has to go back."""
        return max(ZERO, self.paid - self.net)


@dataclass(frozen=True)
class Account:
    """A customer's charges with what is paid and owed of them."""

    lines: list[Owing]

    @property
    def open(self) -> list[Owing]:
        """Those that still owe something, the oldest first."""
        return [line for line in sorted(self.lines, key=lambda one: one.charge.pk) if line.owed > 0]

    @property
    def due(self) -> Decimal:
        """What all charges that count come to: what the customer bought."""
        return total(line.charge.amount for line in self.lines if line.charge.state == ChargeState.DUE)

    @property
    def paid(self) -> Decimal:
        """What was paid on all of them."""
        return total(line.paid for line in self.lines)

    @property
    def owed(self) -> Decimal:
        """What is left to pay."""
        return total(line.owed for line in self.lines)

    @property
    def over(self) -> Decimal:
        """What was paid beyond what is due, and has to go back."""
        return total(line.over for line in self.lines)


def paid_on(charge_ids: Iterable[int]) -> dict[int, Decimal]:
    """Charge id to what was paid on it and not given back; a charge without money is missing. Two queries."""
    ids = list(charge_ids)
    lines = PaymentLine.objects.filter(charge__in=ids, payment__state=PaymentState.TAKEN).order_by()
    back = RefundLine.objects.filter(charge__in=ids, refund__paid_at__isnull=False).order_by()
    gone = dict(back.values_list("charge").annotate(total=Sum("amount")))
    paid = lines.values_list("charge").annotate(total=Sum("amount"))
    return {pk: left for pk, amount in paid if (left := amount - gone.get(pk, ZERO))}


def reversed_of(charge_ids: Iterable[int]) -> dict[int, Decimal]:
    """Charge id to what reversals took back of it, above zero; without an entry where there is none."""
    rows = Charge.objects.filter(reverses__in=list(charge_ids), state=ChargeState.DUE).order_by()
    return {pk: -amount for pk, amount in rows.values_list("reverses").annotate(total=Sum("amount"))}


def standing_of(charges: Iterable[Charge]) -> Account:
    """Charges, each with what was paid on it, in their order. Four queries at most."""
    rows = list(charges)
    paid, gone = paid_on(row.pk for row in rows), reversed_of(row.pk for row in rows)
    return Account([Owing(row, paid.get(row.pk, ZERO), gone.get(row.pk, ZERO)) for row in rows])
