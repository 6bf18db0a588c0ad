"""The cash settlement slip of a purchase: how it stands in money, and what is short in goods (PRD-005)."""

from __future__ import annotations

from datetime import datetime

from kefu.billing.queries import due_charge, paid_on
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.numbering.series import Series
from kefu.kernel.money import ZERO
from kefu.organisation.models import User
from kefu.sales.choices import PurchaseState
from kefu.sales.models import Purchase, Settlement, Shortage
from kefu.sales.permissions import SalesPermission
from kefu.sales.queries import KIND, locked, reversed_total, total_of
from kefu.sales.sentences import SETTLED, SHORT

SLIPS = Series("sales.settlement", "XJ")
SETTLEMENT = "sales.settlement"
SIGNED_ONCE = (PurchaseState.SIGNED, PurchaseState.PARTLY, PurchaseState.DISPATCHED, PurchaseState.RETURNED)


@action
def settle(*, purchase: Purchase, by: User, at: datetime) -> Settlement:
    """Issue the settlement slip: signed, reversed and paid in yuan as they stand, and every line of which packs have not left.

    Shortages stay open until the packs leave or are given up. Raises Refused `purchase_state` before the signature.
    """
    require(by, SalesPermission.ENTER, customer=purchase.customer)
    purchase = locked(purchase, *SIGNED_ONCE)
    charge = due_charge(Subject(KIND, purchase.pk))
    paid = paid_on([charge.pk]).get(charge.pk, ZERO) if charge else ZERO
    slip = Settlement.objects.create(
        number=SLIPS.issue(at), purchase=purchase, total=total_of(purchase), reversed=reversed_total(purchase), paid=paid, by=by, at=at
    )  # fmt: skip
    short = [line for line in purchase.lines.select_related("product") if line.open]
    Shortage.objects.bulk_create(Shortage(settlement=slip, line=line, packs=line.open) for line in short)
    record_fact(customer=purchase.customer, kind=FactKind.PURCHASE, item=SETTLED(number=slip.number),
                lines=[SHORT(product=line.product, packs=line.open) for line in short], subject=Subject(KIND, purchase.pk), by=by, at=at)  # fmt: skip
    record("sales.purchase.settled", by=by, at=at, subject=Subject(KIND, purchase.pk), customer_id=purchase.customer_id,
           node_id=purchase.node_id, changes={"number": (None, slip.number), "due": (None, slip.due), "short": (None, sum(line.open for line in short))})  # fmt: skip
    return slip
