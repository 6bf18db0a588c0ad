"""What the night does with packages, and what colleagues say of those that run low (CUS-029)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.prepaid_ledger import KIND, book, hold_prepaid, watch
from kefu.billing.checking import LONGEST, check_words
from kefu.billing.choices import EntryKind
from kefu.billing.models import Prepaid, PrepaidEntry, PrepaidLow
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.prepaid import run_out
from kefu.customers.holding import hold
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Refused
from kefu.organisation.models import User


@action
def expire(*, prepaid: Prepaid, by: User, at: datetime) -> PrepaidEntry | None:
    """What is left of a package is gone the day after its last one; nothing happens where it lasts longer by now or waits (CUS-029)."""
    hold(prepaid.customer_id)
    held = hold_prepaid(prepaid.pk)
    if not run_out(at).filter(pk=held.pk).exists():
        nothing_changed()
        return None
    return book(held, EntryKind.EXPIRED, -held.balance, by=by, at=at)


@action
def look_at(*, prepaid: Prepaid, by: User, at: datetime) -> bool:
    """Look whether little is left of an item, as after every entry: the limit may have changed (CUS-029)."""
    hold(prepaid.customer_id)
    held = hold_prepaid(prepaid.pk)
    if not (written := watch(held, at)):
        nothing_changed()
        return False
    record("billing.prepaid.watched", by=by, at=at, subject=Subject(KIND, held.pk), customer_id=held.customer_id,
           node_id=held.customer.node_id, changes={"low": (None, written)})  # fmt: skip
    return True


@action
def handle_low(*, low: PrepaidLow, outcome: str, by: User, at: datetime) -> PrepaidLow:
    """Say what came of it that little is left: nobody is reminded any more until there was more again.

    Raises Invalid (outcome), Refused `handled`, `refilled` (CUS-029).
    """
    customer = low.prepaid.customer
    require(by, BillingPermission.PREPAID_KEEP, customer=customer)
    check_words({"outcome": outcome}, {"outcome": LONGEST})
    hold(customer.pk)
    held = PrepaidLow.objects.select_for_update(no_key=True).get(pk=low.pk)
    if held.handled_at is not None:
        raise Refused("handled", _("同事已经处理了。"))
    if held.ended_at is not None:
        raise Refused("refilled", _("已经续费，不用处理。"))
    held.handled_by, held.handled_at, held.outcome = by, at, outcome.strip()
    held.save(update_fields=["handled_by", "handled_at", "outcome"])
    record("billing.prepaid.handled", by=by, at=at, subject=Subject(KIND, held.prepaid_id), customer_id=customer.pk,
           node_id=customer.node_id, reason=held.outcome)  # fmt: skip
    return held
