"""The customer signs the printed sheet: the charging voucher (LAB-002)."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.base import File
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.billing.actions import record_charge
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import allowed, require
from kefu.foundation.audit.trail import action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.files.actions import attach
from kefu.foundation.gates.registry import check
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.lab.actions.progress import locked, progress
from kefu.lab.choices import Signer
from kefu.lab.events import OrderSigned
from kefu.lab.gates import SIGN
from kefu.lab.models import Order, Signature
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import SIGNED_SHEET, subject_of
from kefu.lab.queries.orders import last_sheet
from kefu.lab.sentences import ORDERED, SIGNED
from kefu.organisation.models import User


@action
def record_signature(
    *,
    order: Order,
    signer: Signer = Signer.CUSTOMER,
    signer_name: str = "",
    signed_on: date | None = None,
    scan: File[bytes] | None = None,
    by: User,
    at: datetime,
) -> Signature:
    """Record that the sheet was signed and by whom, and make its total due (LAB-002). `signed_on` defaults to the day of `at`.

    Recorded by the health manager or the doctor who holds the customer; `scan` is the signed sheet. Raises Invalid (signer_name,
    signed_on, upload), Refused
    `order_cancelled`, `already_signed`, `print_first` when the order was changed after a signature and not printed since.
    """
    permission = _right(by, order)
    held = locked(order)
    check(SIGN, by=by, at=at, customer_id=order.customer_id, subject=subject_of(order))
    if held.cancelled_at is not None:
        raise Refused("order_cancelled", _("这张检测单已经作废。"))
    if held.signed_at is not None:
        raise Refused("already_signed", _("这张检测单已经签字。"))
    printed = last_sheet(held)
    if printed is None and held.signatures.exists():
        raise Refused("print_first", _("检测单改过了，请重新打印，请客户在新的单子上签字。"))
    day = signed_on or timezone.localdate(at)
    _check(held, signer, signer_name, day, at)
    charge = record_charge(
        customer=held.customer, subject=subject_of(held), amount=held.total, item=ORDERED(number=held.number),
        by=by, at=at, permission=permission,
    )  # fmt: skip
    signature = Signature.objects.create(
        order=held, version=held.version, signer=signer, signer_name=signer_name.strip() or held.customer.name, signed_on=day,
        printed_at=printed.at if printed else None, charge=charge, recorded_by=by, recorded_at=at,
    )  # fmt: skip
    if scan is not None:
        attach(subject=subject_of(held), customer_id=held.customer_id, kind=SIGNED_SHEET, upload=scan, by=by, at=at)
    progress(held, signed_at=at)
    record(
        "lab.order.signed", by=by, at=at, subject=subject_of(held), customer_id=held.customer_id, node_id=held.node_id,
        changes={"signed_on": (None, day), "signer": (None, signer), "version": (None, held.version), "amount": (None, held.total)},
        personal={"signer_name": (None, signature.signer_name)},
    )  # fmt: skip
    record_fact(customer=held.customer_id, kind=FactKind.TEST, item=SIGNED(number=held.number),
                subject=subject_of(held), by=by, at=at)  # fmt: skip
    announce(OrderSigned(order_id=held.pk, customer_id=held.customer_id, by=by, at=at))
    return signature


def _right(by: User, order: Order) -> LabPermission:
    """The right by which the person records the signature; refused as lacking the right to sign."""
    if allowed(by, LabPermission.ORDER_PLACE, customer=order.customer):
        return LabPermission.ORDER_PLACE
    require(by, LabPermission.ORDER_SIGN, customer=order.customer)
    return LabPermission.ORDER_SIGN


def _check(order: Order, signer: Signer, name: str, day: date, at: datetime) -> None:
    errors = []
    if signer == Signer.GUARDIAN and not name.strip():
        errors.append(FieldError("signer_name", "required", _("监护人代签，请填监护人姓名")))
    if day > timezone.localdate(at):
        errors.append(FieldError("signed_on", "future", _("签字日期不能晚于今天")))
    if day < timezone.localdate(order.placed_at):
        errors.append(FieldError("signed_on", "too_early", _("签字日期不能早于开单日期")))
    if errors:
        raise Invalid(errors)
