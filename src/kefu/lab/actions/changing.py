"""Changing and cancelling an order (LAB-002)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from kefu.billing.actions import cancel_charge
from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, nothing_changed, record, within_action
from kefu.foundation.events.bus import announce
from kefu.kernel.errors import Invalid, Refused
from kefu.lab.actions.lines import replace_lines, write_version
from kefu.lab.actions.progress import locked, progress
from kefu.lab.actions.promises import promise_report
from kefu.lab.choices import PromiseKind, SampleState
from kefu.lab.events import OrderCancelled, OrderChanged
from kefu.lab.models import Order, Signature
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import subject_of
from kefu.lab.queries.lines import active_items, codes, line_key, plan, told, total_of
from kefu.lab.sentences import CANCELLED, CHANGED
from kefu.organisation.models import User
from kefu.products.models import Package, TestItem


@action
def change_order(
    *,
    order: Order,
    items: Sequence[TestItem],
    packages: Sequence[Package] = (),
    reason: str = "",
    by: User,
    at: datetime,
) -> Order:
    """Order other tests instead. A signed order loses signature and charge and must be printed and signed again (LAB-002).

    Raises Invalid (items; reason when it was signed), Refused `order_cancelled`, `kit_issued`.
    """
    require(by, LabPermission.ORDER_PLACE, customer=order.customer)
    held, reason = locked(order), reason.strip()[:200]
    _refuse_cancelled(held)
    if held.kit_issued_at is not None:
        raise Refused("kit_issued", _("检测盒已经发出，先收回检测盒，再改检测单。"))
    lines = plan(items, packages)
    before = active_items(held)
    if sorted(line_key(line) for line in before) == sorted(map(str, (line.key for line in lines))):
        nothing_changed()
        return held
    signed = void_signature(held, reason, by=by, at=at)
    was = held.total
    held.version, held.total = held.version + 1, total_of(lines)
    held.save(update_fields=["version", "total"])
    replace_lines(held, before, lines)
    write_version(held, lines, reason, by, at)
    promise_report(held, PromiseKind.ESTIMATED, by=by, at=at)
    progress(held, signed_at=None)
    record(
        "lab.order.changed", by=by, at=at, subject=subject_of(held), customer_id=held.customer_id, reason=reason,
        node_id=held.node_id, changes={"total": (was, held.total), "version": (held.version - 1, held.version)},
        personal={"items": ("、".join(line.item.code for line in before), codes(lines))},
    )  # fmt: skip
    record_fact(customer=held.customer_id, kind=FactKind.TEST, item=CHANGED(number=held.number),
                amount=held.total, lines=[*told(lines), *filter(None, [reason])], subject=subject_of(held), by=by, at=at)  # fmt: skip
    announce(
        OrderChanged(
            order_id=held.pk, customer_id=held.customer_id, signature_voided=signed, reason=reason, by=by, at=at
        )
    )
    return held


@action
def cancel_order(*, order: Order, reason: str, by: User, at: datetime) -> Order:
    """Cancel an order; its charge is cancelled, awaited samples fall away. Refused once a sample was accepted.

    Raises Invalid without a reason, Refused `order_cancelled`, `sample_accepted`.
    """
    require(by, LabPermission.ORDER_PLACE, customer=order.customer)
    held, reason = locked(order), reason.strip()[:200]
    _refuse_cancelled(held)
    if not reason:
        raise Invalid.one("reason", "required", _("请写明作废的原因"))
    if held.samples.filter(state=SampleState.ACCEPTED).exists() or held.report_arrived_at is not None:
        raise Refused("sample_accepted", _("样本已经收下送检，检测单不能再作废。"))
    void_signature(held, reason, by=by, at=at)
    held.samples.filter(state=SampleState.AWAITED).update(state=SampleState.VOID)
    held.cancelled_at, held.cancelled_by, held.cancelled_reason = at, by, reason
    held.save(update_fields=["cancelled_at", "cancelled_by", "cancelled_reason"])
    progress(held, signed_at=None)
    record("lab.order.cancelled", by=by, at=at, subject=subject_of(held), customer_id=held.customer_id,
           node_id=held.node_id, reason=reason, changes={"status": (order.status, held.status)})  # fmt: skip
    record_fact(customer=held.customer_id, kind=FactKind.TEST, item=CANCELLED(number=held.number),
                lines=[reason], subject=subject_of(held), by=by, at=at)  # fmt: skip
    announce(OrderCancelled(order_id=held.pk, customer_id=held.customer_id, reason=reason, by=by, at=at))
    return held


@within_action
def void_signature(order: Order, reason: str, *, by: User, at: datetime) -> bool:
    """Let the counting signature of a locked order fall away with its charge; answers whether there was one.

    Raises Invalid without a reason when there is one.
    """
    signature = Signature.objects.filter(order=order, voided_at__isnull=True).select_related("charge__customer").first()
    if signature is None:
        return False
    if not reason:
        raise Invalid.one("reason", "required", _("客户已经签字，请写明改单的原因"))
    signature.voided_at, signature.voided_reason = at, reason
    signature.save(update_fields=["voided_at", "voided_reason"])
    if signature.charge.cancelled_at is None:
        cancel_charge(charge=signature.charge, reason=reason, by=by, at=at, permission=LabPermission.ORDER_PLACE)
    return True


def _refuse_cancelled(order: Order) -> None:
    if order.cancelled_at is not None:
        raise Refused("order_cancelled", _("这张检测单已经作废。"))
