"""Units that go from one customer to another (CUS-029)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.prepaid import prepaid_number
from kefu.billing.actions.prepaid_ledger import book, hold_prepaid
from kefu.billing.checking import LONGEST, PAPER, check_units, check_words
from kefu.billing.choices import EntryKind
from kefu.billing.models import Prepaid, PrepaidEntry
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.prepaid import freeze_on
from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User


@action
def transfer(
    *, prepaid: Prepaid, to: Customer, units: int, paper: str, reason: str, by: User, at: datetime
) -> PrepaidEntry:
    """Give units to another customer, with the paper that both signed: a package of that customer's, valid as long, or back into the one bought.

    Money goes back only to who paid: units that came this way are given back first, also where both became one customer. Answers the entry at the receiver; raises Invalid
    (units, to, paper, reason), Refused `not_enough`, `frozen`, `expired` (CUS-029).
    """
    require(by, BillingPermission.PREPAID_KEEP, customer=prepaid.customer)
    require(by, BillingPermission.PREPAID_KEEP, customer=to)
    check_units(units)
    check_words({"paper": paper, "reason": reason}, {"paper": PAPER, "reason": LONGEST})
    if to.pk == prepaid.customer_id and (prepaid.origin is None or prepaid.origin.customer_id != to.pk):
        raise Invalid.one("to", "invalid", _("这就是课包的主人，请选另一位客户"))
    hold(prepaid.customer_id, to.pk)
    held, target = _both(prepaid, to)
    today = timezone.localdate(at)
    if held.valid_until < today:
        raise Refused("expired", _("课包已经过期，不能转。"))
    if freeze_on(held, today) is not None:
        raise Refused("frozen", _("课包冻结着，先解冻再转课。"))
    if target is not None and target.valid_until < today:
        message = _("课包 %(number)s 已经过期，不能转回。")
        raise Refused("expired", message % {"number": target.number})
    words = {"reason": reason.strip(), "signature": paper.strip()}
    sent = book(held, EntryKind.SENT, -units, by=by, at=at, **words)
    target = target or _received(held, to, units, by, at)
    return book(target, EntryKind.RECEIVED, units, mate=sent, by=by, at=at, **words)


def _both(prepaid: Prepaid, to: Customer) -> tuple[Prepaid, Prepaid | None]:
    """The package, and the one that was bought where its owner gets the units back; held in the order of their ids."""
    origin = prepaid.origin_id
    bought = Prepaid.objects.filter(pk=origin, customer=to).values_list("pk", flat=True) if origin else []
    held = {pk: hold_prepaid(pk) for pk in sorted({prepaid.pk, *bought})}
    return held[prepaid.pk], next((one for pk, one in held.items() if pk != prepaid.pk), None)


def _received(held: Prepaid, to: Customer, units: int, by: User, at: datetime) -> Prepaid:
    made = Prepaid.objects.create(
        number=prepaid_number(to, at), customer=to, item=held.item, unit=held.unit, units=units, valid_until=held.valid_until,
        origin=held.origin or held, by=by, at=at,
    )  # fmt: skip
    return hold_prepaid(made.pk)
