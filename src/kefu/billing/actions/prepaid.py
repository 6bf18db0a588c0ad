"""Selling packages, deducting units, and putting a deduction right by a counter entry (CUS-029)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.charges import record_charge
from kefu.billing.actions.prepaid_ledger import KIND, book, hold_prepaid, hold_week, same
from kefu.billing.checking import LONGEST, NAME, PAPER, check_units, check_words, digest
from kefu.billing.choices import EntryKind, Unit
from kefu.billing.models import Prepaid, PrepaidEntry, PrepaidWeek, PrepaidWeekLine
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.prepaid import freeze_on
from kefu.billing.rules import week_of
from kefu.billing.sentences import PREPAID
from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, within_action
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.money import yuan
from kefu.organisation.models import User


@action
def sell_prepaid(
    *,
    customer: Customer,
    item: str,
    units: int,
    price: Decimal,
    valid_until: date,
    unit: str = Unit.LESSON,
    key: str = "",
    by: User,
    at: datetime,
) -> Prepaid:
    """Sell units of a service: the charge is `price` for all of them, in yuan, paid at the desk like any other; they may be used at once.

    `key` makes a form that is sent twice one package. Raises Invalid (item, units, unit, price, valid_until), Refused `key_used` (CUS-029).
    """
    require(by, BillingPermission.PREPAID_SELL, customer=customer)
    item = item.strip()
    _check_sold(item, units, unit, price, valid_until, timezone.localdate(at))
    hold(customer.pk)
    asked = digest(customer.pk, item, units, f"{price:.2f}", valid_until, unit)
    if key and (known := Prepaid.objects.filter(key=key).first()):
        same(known, asked)
        return known
    made = Prepaid.objects.create(
        number=prepaid_number(customer, at), customer=customer, item=item, unit=unit, units=units, valid_until=valid_until,
        key=key or None, asked=asked, by=by, at=at,
    )  # fmt: skip
    said = PREPAID(number=made.number, item=item, units=units)
    made.charge = record_charge(
        customer=customer, subject=Subject(KIND, made.pk), amount=price, item=said, permission=BillingPermission.PREPAID_SELL, by=by, at=at
    )  # fmt: skip
    made.save(update_fields=["charge"])
    book(made, EntryKind.BOUGHT, units, by=by, at=at)
    return made


@action
def deduct(
    *,
    prepaid: Prepaid,
    units: int,
    on: date,
    item: str,
    served_by: User,
    signature: str = "",
    key: str = "",
    by: User,
    at: datetime,
) -> PrepaidEntry:
    """Deduct units that were used on a day: what was done, who served, and the slip the customer signed, if any.

    Raises Invalid (units, on, item, signature), Refused `not_enough` with `left`, `frozen`, `expired`, `week_closed`, `key_used` (CUS-029).
    """
    require(by, BillingPermission.PREPAID_KEEP, customer=prepaid.customer)
    check_units(units)
    words = {"item": item, "signature": signature}
    check_words(words, {"item": NAME, "signature": PAPER}, optional=("signature",))
    hold(prepaid.customer_id)
    held = hold_prepaid(prepaid.pk)
    hold_week(held.customer.node_id)
    asked = digest(held.pk, units, on, item.strip(), served_by.pk, signature.strip())
    if key and (known := PrepaidEntry.objects.filter(key=key).first()):
        same(known, asked)
        return known
    _check_day(held, on, at)
    return book(
        held, EntryKind.DEDUCTED, -units, on=on, item=item.strip(), served_by=served_by, signature=signature.strip(),
        key=key or None, asked=asked, by=by, at=at,
    )  # fmt: skip


@action
def counter(*, entry: PrepaidEntry, reason: str, by: User, at: datetime) -> PrepaidEntry:
    """Take a deduction back by an entry of the opposite; both stay.

    Raises Invalid (reason), Refused `not_countered` for what is no deduction, `countered` the second time, `week_settled` where the
    differences of its week were settled already (CUS-029).
    """
    require(by, BillingPermission.PREPAID_KEEP, customer=entry.prepaid.customer)
    check_words({"reason": reason}, {"reason": LONGEST})
    hold(entry.prepaid.customer_id)
    held = hold_prepaid(entry.prepaid_id)
    if entry.kind != EntryKind.DEDUCTED:
        raise Refused("not_countered", _("只有划课可以更正。"))
    if PrepaidEntry.objects.filter(counters=entry.pk).exists():
        raise Refused("countered", _("这一笔已经更正过了。"))
    settled = PrepaidWeekLine.objects.filter(
        prepaid=held, entry__isnull=False, week__node=entry.node_id, week__monday=week_of(entry.on)
    )
    if (line := settled.select_related("week").first()) is not None:
        message = _("那一周的差异已在对课单 %(number)s 更正；再有不对，下次对课时写明差异，一起更正。")
        raise Refused("week_settled", message % {"number": line.week.number}, {"week": line.week.number})
    return book(held, EntryKind.COUNTERED, -entry.units, counters=entry, reason=reason.strip(), by=by, at=at)


@within_action
def prepaid_number(customer: Customer, at: datetime) -> str:
    """Packages are numbered by place and year, without gaps."""
    return Series(f"billing.prepaid:{customer.node_id}", f"KB-{customer.node.code}-").issue(at)


def _check_sold(item: str, units: int, unit: str, price: Decimal, valid_until: date, today: date) -> None:
    check_units(units)
    check_words({"item": item}, {"item": NAME})
    errors = []
    if unit not in Unit.values:
        errors.append(FieldError("unit", "invalid_choice", _("没有这种单位")))
    if not price.is_finite() or price < 0 or price != yuan(price):
        errors.append(FieldError("price", "min_value", _("金额不能小于 0，最多两位小数")))
    if valid_until < today:
        errors.append(FieldError("valid_until", "min_value", _("有效期不能早于今天")))
    if errors:
        raise Invalid(errors)


def _check_day(prepaid: Prepaid, on: date, at: datetime) -> None:
    if not timezone.localdate(prepaid.at) <= on <= timezone.localdate(at):
        raise Invalid.one("on", "invalid", _("日期要在买课当天到今天之间"))
    if on > prepaid.valid_until:
        message = _("课包 %(number)s 只到 %(until)s 有效。")
        raise Refused("expired", message % {"number": prepaid.number, "until": prepaid.valid_until.isoformat()})
    if (freeze := freeze_on(prepaid, on)) is not None:
        message = _("课包 %(number)s 冻结到 %(until)s，先解冻再划课。")
        raise Refused("frozen", message % {"number": prepaid.number, "until": str(freeze.last)})
    closed = PrepaidWeek.objects.standing().filter(node=prepaid.customer.node_id, monday=week_of(on)).first()
    if closed is not None:
        running = week_of(on) == week_of(timezone.localdate(at))
        message = (
            _("这一周已经对过课（%(number)s）：先作废那张对课单再划；差异已更正的，下周再划。")
            if running
            else _("那一周已经对过课（%(number)s），少划的请记在今天。")
        )
        raise Refused("week_closed", message % {"number": closed.number}, {"week": closed.number})
