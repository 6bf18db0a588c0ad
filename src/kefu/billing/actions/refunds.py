"""Giving money back: asked for with a reason, agreed by another person, paid out at a desk in cash or the way it came (gap 23)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.desks import hold_usable_desk
from kefu.billing.choices import Method, PaymentState, RefundState
from kefu.billing.limits import SECOND_LEVEL
from kefu.billing.models import Charge, Desk, Payment, PrepaidEntry, Refund, RefundLine
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries import business_day, default_desk, over_of, refundable
from kefu.billing.rules import spread
from kefu.billing.sentences import REFUND_DROPPED, REFUNDED
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import hold
from kefu.foundation.access.checks import require
from kefu.foundation.approvals.actions import ask
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.money import ZERO, show, total, yuan
from kefu.organisation.models import User

KIND = "billing.refund"
LONGEST_REASON, LONGEST = 200, 64
DIRECTOR_AND_ABOVE = (("centre_director",), ("leadership",))
"""Who decides for those who stand on no ladder, at the place of the desk."""


@action
def ask_refund(
    *,
    payment: Payment,
    amount: Decimal,
    reason: str,
    charges: Collection[Charge] | None = None,
    entry: PrepaidEntry | None = None,
    by: User,
    at: datetime,
) -> Refund:
    """Ask to give back an amount of a payment, of `charges` (else of all it settled), the oldest first; `entry` for units that go back.

    The level above decides, for people on no ladder the director of the desk's place; above the limit `billing.refund_second_level` two
    levels must agree. What is asked for is set aside until it is
    declined, withdrawn, dropped or paid out. Raises Invalid (amount, reason), Refused `payment_voided`, `over_refunded` with what is left, and as `ask`.
    """
    require(by, BillingPermission.REFUND_ASK, customer=payment.customer)
    _check_asked(amount, reason)
    hold(payment.customer_id)
    held = _payment(payment.pk)
    if held.state == PaymentState.VOIDED:
        raise Refused("payment_voided", _("这笔收款已经作废。"))
    chosen = None if charges is None else {charge.pk for charge in charges}
    left = [(line.charge.pk, line.left) for line in refundable(held) if chosen is None or line.charge.pk in chosen]
    if amount > (most := total(part for _charge, part in left)):
        message = _("这笔收款还能退 %(left)s，不能多退。") % {"left": show(most)}
        raise Refused("over_refunded", message, {"left": f"{most:.2f}"})
    words = _("退款 %(amount)s，收据 %(number)s") % {"amount": show(amount), "number": held.number}
    levels = 2 if amount > SECOND_LEVEL.on(at, node_id=held.desk.node_id) else 1
    request = ask(kind=KIND, text=reason.strip(), proposal=words, subject=Subject("billing.payment", held.pk), customer_id=held.customer_id,
                  levels_above=levels, otherwise=DIRECTOR_AND_ABOVE, otherwise_at=held.desk.node, by=by, at=at)  # fmt: skip
    refund = Refund.objects.create(
        payment=held, request=request, amount=amount, reason=reason.strip(), entry=entry, asked_by=by, asked_at=at
    )
    parts = spread(amount, left)
    RefundLine.objects.bulk_create(RefundLine(refund=refund, charge_id=pk, amount=part) for pk, part in parts)
    _tell("asked", refund, held.desk, by, at, {"receipt": (None, held.number), "amount": (None, amount)})
    return refund


@action
def ask_over(*, charge: Charge, reason: str, entry: PrepaidEntry | None = None, by: User, at: datetime) -> list[Refund]:
    """Ask back what was paid on a charge beyond what it still comes to after reversals, of the latest payments first.

    What is asked for already is left out, so that nothing goes back twice. Answers the refunds asked for; raises Refused `nothing_over`
    and as `ask_refund` (PRD-005).
    """
    require(by, BillingPermission.REFUND_ASK, customer=charge.customer)
    hold(charge.customer_id)
    over, asked = over_of(charge), []
    if over <= 0:
        raise Refused("nothing_over", _("这笔收费没有多收的钱要退。"))
    taken = (
        Payment.objects.filter(lines__charge=charge, state=PaymentState.TAKEN)
        .select_related("customer")
        .order_by("-pk")
    )
    for payment in taken:
        left = next((one.left for one in refundable(payment) if one.charge.pk == charge.pk), ZERO)
        if part := min(left, over):
            asked.append(
                ask_refund(payment=payment, amount=part, reason=reason, charges=[charge], entry=entry, by=by, at=at)
            )
            over -= part
    return asked


@action
def pay_refund(
    *, refund: Refund, method: str, reference: str = "", desk: Desk | None = None, by: User, at: datetime
) -> Refund:
    """Give the money of an agreed refund back, in cash or the way it came; it gets its number, and its charges owe again.

    Raises Invalid (method, reference, desk), Refused `not_approved`, `refund_paid`, `refund_dropped`, `reference_used`.
    """
    require(by, BillingPermission.REFUND_PAY, customer=refund.payment.customer)
    hold(refund.payment.customer_id)
    payment = _payment(refund.payment_id)
    held = _open(refund)
    if held.state != RefundState.APPROVED:
        raise Refused("not_approved", _("这笔退款还没有批准，不能付款。"))
    _check_way(held, method, reference.strip())
    desk = hold_usable_desk(desk or default_desk(by, payment.customer), node_id=payment.customer.node_id, by=by)
    held.number, held.desk, held.day = _number(desk, at), desk, business_day(desk.pk, at)
    held.method, held.reference, held.paid_by, held.paid_at = method, reference.strip(), by, at
    _write(held)
    _tell(
        "paid",
        held,
        desk,
        by,
        at,
        {"number": (None, held.number), "amount": (None, held.amount), "method": (None, method)},
    )
    record_fact(customer=payment.customer, kind=FactKind.SPENDING, item=REFUNDED(number=held.number, amount=show(held.amount)),
                subject=Subject(KIND, held.pk), by=by, at=at)  # fmt: skip
    return held


@action
def drop_refund(*, refund: Refund, reason: str, by: User, at: datetime) -> Refund:
    """Give up an agreed refund that nobody fetches; its money counts as paid as before, and may be asked back again.

    Raises Invalid (reason), Refused `not_approved`, `refund_paid`, `refund_dropped`.
    """
    require(by, BillingPermission.REFUND_ASK, customer=refund.payment.customer)
    reason = reason.strip()
    if not reason or len(reason) > LONGEST_REASON:
        raise Invalid.one("reason", "required", _("请写明放弃的原因，最多 200 个字"))
    hold(refund.payment.customer_id)
    payment = _payment(refund.payment_id)
    held = _open(refund)
    if held.state != RefundState.APPROVED:
        raise Refused("not_approved", _("这笔退款还没有批准；不退了请在请示里撤回。"))
    held.dropped_by, held.dropped_at, held.dropped_why = by, at, reason
    held.save(update_fields=["dropped_by", "dropped_at", "dropped_why"])
    _tell("dropped", held, payment.desk, by, at, {"amount": (held.amount, None)})
    said = REFUND_DROPPED(amount=show(held.amount), number=payment.number)
    record_fact(
        customer=payment.customer, kind=FactKind.SPENDING, item=said, subject=Subject(KIND, held.pk), by=by, at=at
    )
    return held


def _open(refund: Refund) -> Refund:
    """The refund, locked, while it has no end. Raises Refused `refund_paid`, `refund_dropped`."""
    rows = Refund.objects.select_for_update(of=("self",), no_key=True).select_related("payment", "request")
    held = rows.get(pk=refund.pk)
    if held.state == RefundState.PAID:
        raise Refused("refund_paid", _("这笔退款已经付过了，单号 %(number)s。") % {"number": held.number})
    if held.state == RefundState.DROPPED:
        raise Refused("refund_dropped", _("这笔退款已经放弃。"))
    return held


def _check_asked(amount: Decimal, reason: str) -> None:
    errors = []
    if not amount.is_finite() or amount <= 0:
        errors.append(FieldError("amount", "min_value", _("金额要大于 0")))
    elif amount != yuan(amount):
        errors.append(FieldError("amount", "fraction", _("金额最多两位小数")))
    if not reason.strip():
        errors.append(FieldError("reason", "required", _("请写明退款的原因")))
    elif len(reason.strip()) > LONGEST_REASON:
        errors.append(FieldError("reason", "too_long", _("退款原因最多 200 个字")))
    if errors:
        raise Invalid(errors)


def _check_way(refund: Refund, method: str, reference: str) -> None:
    errors = []
    if method not in refund.methods:
        errors.append(FieldError("method", "invalid_choice", _("只能退现金或按原来的收款方式退")))
    elif method != Method.CASH and not reference:
        errors.append(FieldError("reference", "required", _("非现金退款要填凭证号（退款单号或小票号）")))
    elif method == Method.CASH and reference:
        errors.append(FieldError("reference", "only_other", _("退现金不填凭证号")))
    if len(reference) > LONGEST:
        errors.append(FieldError("reference", "too_long", _("凭证号最多 64 个字")))
    if errors:
        raise Invalid(errors)


def _payment(pk: int) -> Payment:
    rows = Payment.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "desk__node")
    return rows.get(pk=pk)


def _write(refund: Refund) -> None:
    """Keep what was paid out; the unique index has the last word on a slip that is entered twice at the same moment."""
    try:
        with transaction.atomic():
            refund.save(update_fields=["number", "desk", "day", "method", "reference", "paid_by", "paid_at"])
    except IntegrityError as error:
        used = Refund.objects.filter(method=refund.method, reference=refund.reference).exclude(reference="")
        if used.exclude(pk=refund.pk).exists():
            raise Refused("reference_used", _("这个凭证号已经记过一次退款，请核对。")) from error
        raise


def _number(desk: Desk, at: datetime) -> str:
    """Refunds are numbered by place and year, without gaps."""
    return Series(f"billing.refund:{desk.node_id}", f"TK-{desk.node.code}-").issue(at)


def _tell(
    verb: str, refund: Refund, desk: Desk, by: User, at: datetime, changes: dict[str, tuple[object, object]]
) -> None:
    record(f"billing.refund.{verb}", by=by, at=at, subject=Subject(KIND, refund.pk), customer_id=refund.payment.customer_id,
           node_id=desk.node_id, changes=changes, reason=refund.reason)  # fmt: skip
