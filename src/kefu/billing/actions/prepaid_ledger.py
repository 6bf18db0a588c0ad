"""The ledger of a package: holding it, writing an entry with its trail and timeline, and watching what is left."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import EntryKind
from kefu.billing.limits import PREPAID_LOW
from kefu.billing.models import Prepaid, PrepaidEntry, PrepaidLow
from kefu.billing.queries.prepaid import left_of, lows_of
from kefu.billing.sentences import COUNTERED, DEDUCTED, EXPIRED, LOW, RECEIVED, RETURNED, SENT
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.audit.trail import Subject, nothing_changed, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import Refused
from kefu.organisation.models import User

KIND, ENTRY = "billing.prepaid", "billing.prepaid_entry"
SAID = {
    EntryKind.DEDUCTED: DEDUCTED, EntryKind.COUNTERED: COUNTERED, EntryKind.RETURNED: RETURNED, EntryKind.SENT: SENT,
    EntryKind.RECEIVED: RECEIVED, EntryKind.EXPIRED: EXPIRED,
}  # fmt: skip
"""What the timeline says; what is bought or given back stands there as its charge."""
_SHARED = "SELECT pg_advisory_xact_lock_shared(hashtext('billing.prepaid_week'), %s)"
_ALONE = "SELECT pg_advisory_xact_lock(hashtext('billing.prepaid_week'), %s)"


@within_action
def hold_prepaid(pk: int) -> Prepaid:
    """A package, held until what is written about it is kept; its customer must be held before."""
    rows = Prepaid.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("customer__node", "customer__health_manager", "charge", "origin").get(pk=pk)


@within_action
def hold_week(node_id: int, *, alone: bool = False) -> None:
    """Let nobody reconcile a week of a place until what is deducted there is kept; `alone` is who reconciles."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE if alone else _SHARED, [node_id])


@within_action
def book(prepaid: Prepaid, kind: EntryKind, units: int, *, by: User, at: datetime, **more: Any) -> PrepaidEntry:
    """One entry of a held package. Units below zero leave it. Raises Refused `not_enough` with what is left."""
    if prepaid.balance + units < 0:
        message = _("课包 %(number)s 只剩 %(left)s，不够。") % {"number": prepaid.number, "left": prepaid.balance}
        raise Refused("not_enough", message, {"left": prepaid.balance})
    more.setdefault("on", timezone.localdate(at))
    entry = PrepaidEntry.objects.create(
        prepaid=prepaid, kind=kind, units=units, node_id=prepaid.customer.node_id, by=by, at=at, **more
    )
    left = prepaid.balance + units
    record(f"billing.prepaid.{kind}", by=by, at=at, subject=Subject(KIND, prepaid.pk), customer_id=prepaid.customer_id,
           node_id=prepaid.customer.node_id, changes={"balance": (prepaid.balance, left)}, reason=entry.reason)  # fmt: skip
    prepaid.balance = left
    if kind in SAID:
        said = SAID[kind](units=abs(units), number=prepaid.number, item=prepaid.item)
        record_fact(
            customer=prepaid.customer,
            kind=FactKind.SPENDING,
            item=said,
            subject=Subject(KIND, prepaid.pk),
            by=by,
            at=at,
        )
    watch(prepaid, at)
    return entry


@within_action
def lasts(
    prepaid: Prepaid, longer: timedelta, verb: str, said: Said, *, by: User, at: datetime, reason: str = ""
) -> None:
    """A held package lasts so much longer, or less; `said` goes to the timeline, `verb` to the trail."""
    before, prepaid.valid_until = prepaid.valid_until, prepaid.valid_until + longer
    prepaid.save(update_fields=["valid_until"])
    record(f"billing.prepaid.{verb}", by=by, at=at, subject=Subject(KIND, prepaid.pk), customer_id=prepaid.customer_id,
           node_id=prepaid.customer.node_id, changes={"valid_until": (before, prepaid.valid_until)}, reason=reason)  # fmt: skip
    record_fact(
        customer=prepaid.customer, kind=FactKind.SPENDING, item=said, subject=Subject(KIND, prepaid.pk), by=by, at=at
    )
    watch(prepaid, at)


@within_action
def watch(prepaid: Prepaid, at: datetime) -> bool:
    """Tell the customer's health manager once when what is left of an item comes down to the limit; more units end that.

    What counts is all of the customer's packages of that item together. Answers whether anything was written (CUS-029).
    """
    customer = prepaid.customer
    left = left_of(customer.pk, prepaid.item, at)
    open_rows = lows_of(customer.pk, prepaid.item).filter(ended_at__isnull=True)
    if left > PREPAID_LOW.on(at, node_id=customer.node_id):
        return bool(open_rows.update(ended_at=at))
    if open_rows.exists():
        return False
    PrepaidLow.objects.create(prepaid=prepaid, left=left, at=at)
    if customer.health_manager is not None:
        said = LOW(number=prepaid.number, item=prepaid.item, units=left)
        tell(users=[customer.health_manager], code="billing.prepaid_low", text=said, link=f"/prepaid/{prepaid.pk}/",
             customer_id=customer.pk, at=at)  # fmt: skip
    return True


@within_action
def same(known: Prepaid | PrepaidEntry, asked: str) -> None:
    """The form was sent before. Raises Refused `key_used` where it said something else."""
    if known.asked != asked:
        raise Refused("key_used", _("这张表单已经提交过，内容不同。请重新打开这一页。"))
    nothing_changed()
