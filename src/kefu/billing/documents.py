"""The slips a customer takes along, half a sheet each: the receipt of a payment and that of a refund; and the sheet of a day close."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.billing.actions.closing import KIND as CLOSE_KIND
from kefu.billing.actions.payments import KIND
from kefu.billing.actions.refunds import KIND as REFUND_KIND
from kefu.billing.choices import PaymentState
from kefu.billing.models import DayClose, Payment, Refund
from kefu.billing.queries import receipt_numbers
from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.kernel.money import show
from kefu.organisation.models import User

RECEIPT, REFUND_SLIP, DAY_CLOSE = "billing.receipt", "billing.refund_slip", "billing.day_close"


def receipt(payment_id: int) -> dict[str, object]:
    """What the receipt says; it depends on the payment alone, a voided one says so."""
    payment = Payment.objects.select_related("customer", "desk__node", "by").get(pk=payment_id)
    lines = payment.lines.select_related("charge").order_by("pk")
    return {
        "number": payment.number,
        "node": payment.desk.node.zh,
        "customer": payment.customer.name,
        "at": timezone.localdate(payment.at),
        "lines": [(line.charge.number, line.charge.item, show(line.amount)) for line in lines],
        "method": payment.get_method_display(),
        "reference": payment.reference,
        "amount": show(payment.amount),
        "given": "" if payment.given is None else show(payment.given),
        "change": "" if payment.change is None else show(payment.change),
        "voided": payment.state == PaymentState.VOIDED,
        "cashier": f"{payment.by.name} {payment.by.job_number}",
        "desk": payment.desk.position,
        "signatures": [_("客户签字"), _("收款人")],
    }


def refund_slip(refund_id: int) -> dict[str, object]:
    """What the slip of a refund says; it names the receipt it belongs to."""
    rows = Refund.objects.paid_out().select_related("payment__customer", "desk__node", "paid_by")
    refund = rows.get(pk=refund_id)
    assert refund.desk and refund.paid_by and refund.paid_at
    lines = refund.lines.select_related("charge").order_by("pk")
    return {
        "number": refund.number,
        "node": refund.desk.node.zh,
        "customer": refund.payment.customer.name,
        "at": timezone.localdate(refund.paid_at),
        "receipt": refund.payment.number,
        "lines": [(line.charge.number, line.charge.item, show(line.amount)) for line in lines],
        "method": refund.get_method_display(),
        "reference": refund.reference,
        "amount": show(refund.amount),
        "reason": refund.reason,
        "cashier": f"{refund.paid_by.name} {refund.paid_by.job_number}",
        "desk": refund.desk.position,
        "signatures": [_("客户签字"), _("付款人")],
    }


def day_close(close_id: int) -> dict[str, object]:
    """What the sheet of a day close says: book and count by way of paying, the drawer by notes, the float, the receipts."""
    close = DayClose.objects.select_related("desk__node", "by", "confirmed_by").get(pk=close_id)
    numbers = receipt_numbers(close.desk, close.day)
    lines = list(close.lines.all())
    return {
        "number": close.number,
        "node": close.desk.node.zh,
        "at": close.day,
        "desk": close.desk.position,
        "lines": [
            (line.get_method_display(), show(line.expected), show(line.counted), show(line.difference), line.booked, line.slips)
            for line in lines
        ],
        "difference": show(close.difference),
        "reason": close.reason,
        "cash": [(f"{one.value:.2f}", one.pieces, show(one.amount)) for one in close.cash.all()],
        "opening": show(close.opening),
        "left": show(close.left),
        "banked": show(close.banked),
        "carried": close.carried,
        "receipts": numbers,
        "closed_by": f"{close.by.name} {close.by.job_number}",
        "confirmed_by": f"{close.confirmed_by.name} {close.confirmed_by.job_number}" if close.confirmed_by else "",
        "reopened": close.reopened_at is not None,
        "signatures": [_("日结人"), _("接班人"), _("财务")],
    }  # fmt: skip


def _sees(user: User, payment_id: int) -> bool:
    return Payment.objects.visible_to(user).filter(pk=payment_id).exists()


def _customer(payment_id: int) -> int | None:
    return Payment.objects.filter(pk=payment_id).values_list("customer_id", flat=True).first()


documents.register(RECEIPT, _("收据"), "billing/print/receipt.html", size="A4", context=receipt)
register_policy(KIND, _sees, customer=_customer)
documents.register(REFUND_SLIP, _("退款单"), "billing/print/refund.html", size="A4", context=refund_slip)
register_policy(
    REFUND_KIND,
    lambda user, pk: Refund.objects.visible_to(user).filter(pk=pk).exists(),
    customer=lambda pk: Refund.objects.filter(pk=pk).values_list("payment__customer_id", flat=True).first(),
)
documents.register(DAY_CLOSE, _("日结单"), "billing/print/day_close.html", size="A4", context=day_close)
register_policy(CLOSE_KIND, lambda user, pk: DayClose.objects.visible_to(user).filter(pk=pk).exists())
