"""Units that go back for money: out of the balance and off the charge at once; what was paid too much is asked back as ever (CUS-029)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.charges import restore_charge, reverse_charge
from kefu.billing.actions.prepaid_ledger import ENTRY, book, hold_prepaid, lasts
from kefu.billing.actions.refunds import ask_over
from kefu.billing.checking import LONGEST, check_units, check_words
from kefu.billing.choices import EntryKind
from kefu.billing.models import Prepaid, PrepaidEntry
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import over_of
from kefu.billing.queries.prepaid import money_of, reversal_of, worth_of
from kefu.billing.sentences import LENGTHENED, PREPAID_UNITS_BACK
from kefu.customers.holding import hold
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action
from kefu.kernel.errors import Refused
from kefu.organisation.models import User


@action
def refund_units(*, prepaid: Prepaid, units: int, reason: str, by: User, at: datetime) -> PrepaidEntry:
    """Take unused units back at the price they were bought for: the charge goes down, and what was paid beyond it is asked back.

    The level above decides on the money as on every refund. Raises Invalid (units, reason), Refused `not_enough`, `received` for what
    came by a transfer, `expired`, and as `ask_refund` (CUS-029).
    """
    require(by, BillingPermission.REFUND_ASK, customer=prepaid.customer)
    check_units(units)
    check_words({"reason": reason}, {"reason": LONGEST})
    hold(prepaid.customer_id)
    held = hold_prepaid(prepaid.pk)
    if held.charge is None:
        raise Refused("received", _("转来的课不退钱，请先转回给买课的客户。"))
    if held.valid_until < timezone.localdate(at):
        raise Refused("expired", _("课包已经过期，不能退。"))
    price = worth_of(held, units)
    entry = book(held, EntryKind.REFUNDED, -units, reason=reason.strip(), by=by, at=at)
    if price > 0:
        said = PREPAID_UNITS_BACK(units=units, number=held.number, item=held.item)
        reverse_charge(
            charge=held.charge, amount=price, subject=Subject(ENTRY, entry.pk), item=said, reason=reason,
            permission=BillingPermission.REFUND_ASK, by=by, at=at,
        )  # fmt: skip
    if over_of(held.charge) > 0:
        ask_over(charge=held.charge, reason=reason, entry=entry, by=by, at=at)
    return entry


@action
def return_units(*, entry: PrepaidEntry, reason: str, by: User, at: datetime) -> PrepaidEntry:
    """Put units back whose money was refused, withdrawn or not fetched; the charge is what it was.

    A package that ended meanwhile lasts from today as many days as the units were away. Raises Invalid (reason), Refused `not_countered`, `countered`, `refund_stands` while the money went back or may (CUS-029).
    """
    require(by, BillingPermission.REFUND_ASK, customer=entry.prepaid.customer)
    check_words({"reason": reason}, {"reason": LONGEST})
    hold(entry.prepaid.customer_id)
    held = hold_prepaid(entry.prepaid_id)
    if entry.kind != EntryKind.REFUNDED:
        raise Refused("not_countered", _("只有退课可以收回。"))
    if PrepaidEntry.objects.filter(counters=entry.pk).exists():
        raise Refused("countered", _("这一笔退课已经收回了。"))
    if money_of(entry).exists():
        raise Refused("refund_stands", _("钱已经退了或正在退，先撤回或放弃退款。"))
    if (reversal := reversal_of(entry)) is not None:
        restore_charge(reversal=reversal, reason=reason, by=by, at=at)
    today = timezone.localdate(at)
    if held.valid_until < today:
        until = today + (today - timezone.localdate(entry.at))
        said = LENGTHENED(number=held.number, item=held.item, until=until.isoformat())
        lasts(held, until - held.valid_until, "lengthened", said, by=by, at=at, reason=reason.strip())
    return book(held, EntryKind.RETURNED, -entry.units, counters=entry, reason=reason.strip(), by=by, at=at)
