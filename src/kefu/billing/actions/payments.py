"""Taking money at a desk and taking a slip back the same day. No gateway: card and telephone payments are recorded by reference (gap 23)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from hashlib import sha256

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.desks import hold_desk, hold_usable_desk
from kefu.billing.choices import ChargeState, Method, PaymentState
from kefu.billing.models import Charge, Desk, Payment, PaymentLine
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import business_day, day_is_open, default_desk, standing_of
from kefu.billing.rules import spread
from kefu.billing.sentences import PAID, VOIDED
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.money import show, yuan
from kefu.organisation.models import Node, User

KIND = "billing.payment"
LONGEST = 64


@action
def take_payment(
    *,
    customer: Customer,
    amount: Decimal,
    method: str,
    reference: str = "",
    given: Decimal | None = None,
    charges: Collection[Charge] | None = None,
    desk: Desk | None = None,
    key: str = "",
    by: User,
    at: datetime,
) -> Payment:
    """Take money for what a customer owes, or a part of it; the oldest of `charges` (else of all) is settled first.

    `given` is the cash that lay on the counter; `key` makes a form that is sent twice one payment. Raises Invalid (amount, method, reference,
    given), Refused `charge_cancelled`, `overpaid` with what is owed, `reference_used`, `key_used`.
    """
    require(by, BillingPermission.PAYMENT_TAKE, customer=customer)
    reference = reference.strip()
    _check(amount, method, reference, given)
    hold(customer.pk)
    asked = _digest(customer, amount, method, reference, given, charges)
    if key and (known := Payment.objects.filter(key=key).first()):
        return _same(known, asked)
    parts = _parts(customer, amount, charges)
    desk = hold_usable_desk(desk or default_desk(by, customer), node_id=customer.node_id, by=by)
    payment = _written(Payment(
        number=_number(desk.node, at), customer=customer, desk=desk, day=business_day(desk.pk, at), method=method, amount=amount,
        given=given, reference=reference, key=key or None, asked=asked, by=by, at=at,
    ))  # fmt: skip
    PaymentLine.objects.bulk_create(PaymentLine(payment=payment, charge_id=pk, amount=part) for pk, part in parts)
    _tell(
        "taken", payment, by, at, {"number": (None, payment.number), "amount": (None, amount), "method": (None, method)}
    )
    record_fact(customer=customer, kind=FactKind.SPENDING, item=PAID(number=payment.number, amount=show(amount)),
                subject=Subject(KIND, payment.pk), by=by, at=at)  # fmt: skip
    return payment


@action
def void_payment(*, payment: Payment, reason: str, by: User, at: datetime) -> Payment:
    """Take a payment back that was entered by mistake, on its own business day before that is closed; its number stays used. Later it takes
    a refund.

    Raises Invalid (reason), Refused `payment_voided`, `other_day`, `refund_asked`.
    """
    require(by, BillingPermission.PAYMENT_VOID, customer=payment.customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明作废的原因"))
    hold(payment.customer_id)
    held = (
        Payment.objects.select_for_update(of=("self",), no_key=True)
        .select_related("customer", "desk__node")
        .get(pk=payment.pk)
    )
    if held.state == PaymentState.VOIDED:
        raise Refused("payment_voided", _("这笔收款已经作废。"))
    hold_desk(held.desk)
    if not day_is_open(held.desk_id, held.day, at):
        raise Refused("other_day", _("只能在日结之前、当天作废；过了当天或日结之后，请在这张收据上申请退款。"))
    if held.refunds.standing().exists():
        raise Refused("refund_asked", _("这笔收款已申请退款，不能再作废。"))
    held.state, held.reason, held.voided_by, held.voided_at = PaymentState.VOIDED, reason.strip()[:200], by, at
    held.save(update_fields=["state", "reason", "voided_by", "voided_at"])
    _tell("voided", held, by, at, {"state": (PaymentState.TAKEN, PaymentState.VOIDED)}, held.reason)
    record_fact(customer=held.customer, kind=FactKind.SPENDING, item=VOIDED(number=held.number, amount=show(held.amount)),
                subject=Subject(KIND, held.pk), by=by, at=at)  # fmt: skip
    return held


def _check(amount: Decimal, method: str, reference: str, given: Decimal | None) -> None:
    errors = []
    if not amount.is_finite() or amount <= 0:
        errors.append(FieldError("amount", "min_value", _("金额要大于 0")))
    elif amount != yuan(amount):
        errors.append(FieldError("amount", "fraction", _("金额最多两位小数")))
    if method not in Method.values:
        errors.append(FieldError("method", "invalid_choice", _("没有这种收款方式")))
    elif method != Method.CASH and not reference:
        errors.append(FieldError("reference", "required", _("非现金收款要填凭证号（交易单号或小票号）")))
    if len(reference) > LONGEST:
        errors.append(FieldError("reference", "too_long", _("凭证号最多 64 个字")))
    if given is not None and method != Method.CASH:
        errors.append(FieldError("given", "only_cash", _("只有现金才填实收")))
    elif given is not None and (not given.is_finite() or given != yuan(given) or given < amount):
        errors.append(FieldError("given", "min_value", _("实收现金不能少于金额")))
    if errors:
        raise Invalid(errors)


def _written(payment: Payment) -> Payment:
    """The payment, kept; the unique index has the last word on a slip that is entered twice at the same moment."""
    try:
        with transaction.atomic():
            payment.save(force_insert=True)
    except IntegrityError as error:
        if (
            Payment.objects.counting()
            .filter(method=payment.method, reference=payment.reference)
            .exclude(reference="")
            .exists()
        ):
            raise Refused("reference_used", _("这个凭证号已经记过一次收款，请核对。")) from error
        raise
    return payment


def _digest(
    customer: Customer, amount: Decimal, method: str, reference: str, given: Decimal | None, charges: Collection[Charge] | None
) -> str:  # fmt: skip
    """What was asked for, in short: by it a form that is sent twice is told from another with the same key."""
    chosen = "all" if charges is None else sorted(charge.pk for charge in charges)
    told = (customer.pk, f"{amount:.2f}", method, reference, "" if given is None else f"{given:.2f}", chosen)
    return sha256(repr(told).encode()).hexdigest()


def _same(known: Payment, asked: str) -> Payment:
    """The payment that came of the same form; another form must not bear its key."""
    if known.asked != asked:
        raise Refused("key_used", _("这张表单已经提交过，内容不同。请重新打开收款页。"))
    nothing_changed()
    return known


def _parts(customer: Customer, amount: Decimal, charges: Collection[Charge] | None) -> list[tuple[int, Decimal]]:
    """The amount by charge, the charges locked in the order of their ids."""
    rows = Charge.objects.select_for_update(no_key=True).filter(customer=customer).order_by("pk")
    if charges is None:
        rows = rows.filter(state=ChargeState.DUE)
    else:
        rows = rows.filter(pk__in=[charge.pk for charge in charges])
    account = standing_of(rows)
    if any(line.charge.state == ChargeState.CANCELLED for line in account.lines):
        raise Refused("charge_cancelled", _("这笔收费已经冲销，不能再收款。"))
    if amount > account.owed:
        message = _("现在只欠 %(owed)s，不能多收。") % {"owed": show(account.owed)}
        raise Refused("overpaid", message, {"owed": f"{account.owed:.2f}"})
    return spread(amount, [(line.charge.pk, line.owed) for line in account.open])


def _number(node: Node, at: datetime) -> str:
    """Receipts are numbered by place and year, without gaps."""
    return Series(f"billing.receipt:{node.pk}", f"SJ-{node.code}-").issue(at)


def _tell(
    verb: str, payment: Payment, by: User, at: datetime, changes: dict[str, tuple[object, object]], reason: str = ""
) -> None:
    record(f"billing.payment.{verb}", by=by, at=at, subject=Subject(KIND, payment.pk), customer_id=payment.customer_id,
           node_id=payment.desk.node_id, changes=changes, reason=reason)  # fmt: skip
