"""Lines of the service timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from kefu.customers.choices import FactKind
from kefu.customers.models import Customer, TimelineLine
from kefu.foundation.audit.trail import Subject, within_action
from kefu.organisation.models import User

ITEM = 300


@within_action
def record_fact(
    *,
    customer: Customer | int,
    kind: FactKind,
    item: object,
    amount: Decimal | None = None,
    lines: Iterable[object] = (),
    subject: Subject | None = None,
    by: User | None,
    at: datetime,
) -> TimelineLine:
    """Add one business fact to the customer's timeline, inside the action that made it true (CUS-007, CUS-008).

    `lines` are details, one text each (goods with price and quantity); `amount` is in yuan. Only facts of kind spending count towards
    the customer's total, negative ones reduce it. Details of consultations and reports are shown only to those who may see health data.
    """
    return TimelineLine.objects.create(
        customer_id=customer if isinstance(customer, int) else customer.pk, at=at, kind=kind, item=str(item)[:ITEM],
        lines=[str(line) for line in lines], amount=amount, by=by,
        subject_kind=subject.kind if subject else "", subject_id=subject.id if subject else None,
    )  # fmt: skip
