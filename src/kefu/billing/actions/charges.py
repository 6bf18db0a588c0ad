"""Recording and cancelling charges; a signed sheet is the voucher (LAB-002, PRD-004)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kefu.billing.choices import ChargeState
from kefu.billing.models import Charge
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import paid_on, reversed_of
from kefu.billing.sentences import CANCELLED
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.access.rules import Permission
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.numbering.series import Series
from kefu.foundation.sentences.saying import Said
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.money import show, yuan
from kefu.organisation.models import User

CHARGES = Series("billing.charge", "SF")
PREPAID = "billing.prepaid"


@action
def record_charge(
    *,
    customer: Customer,
    subject: Subject,
    amount: Decimal,
    item: Said,
    by: User,
    at: datetime,
    permission: Permission = BillingPermission.CHARGE_RECORD,
) -> Charge:
    """Record what a signature makes due, in yuan, and put it on the customer's timeline as spending.

    A module above records the charge of its own signature under its own `permission`; the amount is that module's
    computed total. Raises Refused "charged_already" while the subject has a charge that counts, Invalid below zero.
    """
    require(by, permission, customer=customer)
    amount = yuan(amount)
    if amount < 0:
        raise Invalid.one("amount", "min_value", _("金额不能小于 0"))
    _lock_subject(customer, subject)
    charge = Charge.objects.create(
        customer=customer, number=CHARGES.issue(at), subject_kind=subject.kind, subject_id=subject.id, said=item.said[:200],
        values=dict(item.values),        amount=amount, recorded_by=by, recorded_at=at,
    )  # fmt: skip
    made = Subject("billing.charge", charge.pk)
    record(
        "billing.charge.recorded", by=by, at=at, subject=made, customer_id=customer.pk, node_id=customer.node_id,
        changes={"number": (None, charge.number), "amount": (None, amount)},
    )  # fmt: skip
    record_fact(
        customer=customer, kind=FactKind.SPENDING, item=charge.about, amount=amount, subject=subject, by=by, at=at
    )
    return charge


@action
def cancel_charge(
    *,
    charge: Charge,
    reason: str,
    by: User,
    at: datetime,
    permission: Permission = BillingPermission.CHARGE_RECORD,
) -> Charge:
    """Cancel a charge because what was ordered changed or fell away; the row stays, and the spending is taken back.

    Raises Invalid without a reason, Refused "charge_cancelled" when it is cancelled already, "charge_reversed" where a part was
    taken back before, "charge_of_prepaid" where units are given back instead, "charge_paid" while money was taken for it.
    """
    require(by, permission, customer=charge.customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("冲销原因还没填"))
    hold(charge.customer_id)
    current = _counting(charge)
    if current.subject_kind == PREPAID:
        raise Refused("charge_of_prepaid", _("这是课包的收费，不要的课请在课包上退课。"))
    if current.reverses_id is not None or reversed_of([current.pk]):
        raise Refused("charge_reversed", _("这笔收费已有冲红，要改请在购买单上再开冲红单。"))
    if paid := paid_on([current.pk]).get(current.pk):
        raise Refused(
            "charge_paid",
            _("这笔收费已收 %(paid)s，先在收据上申请退款（当天收的可以作废收款），钱退了再冲销。")
            % {"paid": show(paid)},
        )
    current.state, current.reason = ChargeState.CANCELLED, reason.strip()
    current.cancelled_by, current.cancelled_at = by, at
    current.save(update_fields=["state", "reason", "cancelled_by", "cancelled_at"])
    record(
        "billing.charge.cancelled", by=by, at=at, subject=Subject("billing.charge", current.pk),
        customer_id=current.customer_id, node_id=current.customer.node_id, reason=current.reason,
        changes={"state": (ChargeState.DUE, ChargeState.CANCELLED)},
    )  # fmt: skip
    record_fact(
        customer=current.customer, kind=FactKind.SPENDING, item=CANCELLED(item=current.about),
        amount=-current.amount, subject=Subject(current.subject_kind, current.subject_id), by=by, at=at,
    )  # fmt: skip
    return current


@action
def reverse_charge(
    *,
    charge: Charge,
    amount: Decimal,
    subject: Subject,
    item: Said,
    reason: str,
    by: User,
    at: datetime,
    permission: Permission,
) -> Charge:
    """Take an amount of a charge back, paid or not, by a charge below zero for `subject`; the spending goes down with it.

    What was paid beyond the rest is asked back by `ask_over`. Raises Invalid (amount, reason), Refused "charge_cancelled",
    "over_reversed" with what is left (PRD-005).
    """  # fmt: skip
    require(by, permission, customer=charge.customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("冲销原因还没填"))
    if (amount := yuan(amount)) <= 0:
        raise Invalid.one("amount", "min_value", _("金额要大于 0"))
    hold(charge.customer_id)
    current = _counting(charge)
    left = current.amount - reversed_of([current.pk]).get(current.pk, Decimal(0))
    if amount > left:
        raise Refused(
            "over_reversed", _("这笔收费还能冲 %(left)s，不能多冲。") % {"left": show(left)}, {"left": f"{left:.2f}"}
        )
    made = Charge.objects.create(
        customer=current.customer, number=CHARGES.issue(at), subject_kind=subject.kind, subject_id=subject.id, said=item.said[:200],
        values=dict(item.values), amount=-amount, reverses=current, recorded_by=by, recorded_at=at,
    )  # fmt: skip
    record(
        "billing.charge.reversed", by=by, at=at, subject=Subject("billing.charge", current.pk), customer_id=current.customer_id,
        node_id=current.customer.node_id, changes={"amount": (left, left - amount)}, reason=reason.strip(),
    )  # fmt: skip
    record_fact(
        customer=current.customer, kind=FactKind.SPENDING, item=made.about, amount=made.amount, subject=subject, by=by, at=at
    )  # fmt: skip
    return made


@within_action
def restore_charge(*, reversal: Charge, reason: str, by: User, at: datetime) -> Charge:
    """Let a reversal count no more, because what it took back was not given back after all; the charge is due again (CUS-029)."""
    current = _counting(reversal)
    current.state, current.reason = ChargeState.CANCELLED, reason.strip()
    current.cancelled_by, current.cancelled_at = by, at
    current.save(update_fields=["state", "reason", "cancelled_by", "cancelled_at"])
    record(
        "billing.charge.restored", by=by, at=at, subject=Subject("billing.charge", current.reverses_id or current.pk),
        customer_id=current.customer_id, node_id=current.customer.node_id, reason=current.reason,
        changes={"amount": (current.amount, None)},
    )  # fmt: skip
    record_fact(
        customer=current.customer, kind=FactKind.SPENDING, item=CANCELLED(item=current.about), amount=-current.amount,
        subject=Subject(current.subject_kind, current.subject_id), by=by, at=at,
    )  # fmt: skip
    return current


def _counting(charge: Charge) -> Charge:
    current = Charge.objects.select_for_update(of=("self",), no_key=True).select_related("customer").get(pk=charge.pk)
    if current.state == ChargeState.CANCELLED:
        raise Refused("charge_cancelled", _("这笔收费已经冲销"))
    return current


def _lock_subject(customer: Customer, subject: Subject) -> None:
    """Two people who sign at once meet at the customer's row; the unique index is the last word."""
    hold(customer.pk)
    counting = Charge.objects.filter(subject_kind=subject.kind, subject_id=subject.id, state=ChargeState.DUE)
    if counting.exists():
        raise Refused("charged_already", _("这张单已经记过收费，先冲销再重新记"))
