"""Handing out kits, and taking them back (LAB-003, LAB-004, LAB-005, JRN-006)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, record
from kefu.foundation.events.bus import announce
from kefu.foundation.gates.registry import check
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.lab.actions.messages_out import tell_kit_issued
from kefu.lab.actions.progress import locked, progress
from kefu.lab.actions.promises import promise_report
from kefu.lab.choices import KitMode, PromiseKind, SampleState
from kefu.lab.events import KitIssued, KitTakenBack
from kefu.lab.gates import KIT
from kefu.lab.models import KitIssue, KitIssueLine, Order, OrderItem, Sample
from kefu.lab.permissions import LabPermission
from kefu.lab.queries.addresses import subject_of
from kefu.lab.queries.dates import return_date
from kefu.lab.queries.lines import active_items
from kefu.lab.sentences import BOX, KIT_BACK, KIT_ISSUED
from kefu.organisation.models import User
from kefu.products.models import Kit, TestItem
from kefu.products.queries import kits_for
from kefu.stock.actions import Pick, post_issue, post_return
from kefu.stock.choices import Quality
from kefu.stock.models import IssueSlip
from kefu.stock.queries import warehouse_for

SAMPLES = Series("lab.sample", "S", digits=5, monthly=True)


@action
def issue_kit(
    *,
    order: Order,
    mode: KitMode = KitMode.HANDED,
    carrier: str = "",
    waybill: str = "",
    picks: Sequence[Pick] = (),
    by: User,
    at: datetime,
) -> KitIssue:
    """Press 发货: the kits of the ordered tests leave the centre's warehouse, samples are awaited, the report date is promised.

    One kit of each kind, one sample number per test (LAB-003, LAB-004, JRN-006). Raises Invalid (carrier, waybill of a posted
    kit), Refused `not_signed`, `kit_issued`, `order_cancelled`, `no_warehouse`, `stock_short` and the like of stock.
    """
    require(by, LabPermission.KIT_ISSUE, customer=order.customer)
    held = locked(order)
    check(KIT, by=by, at=at, customer_id=order.customer_id, subject=subject_of(order))
    _refuse(held)
    lines = active_items(held)
    base = SAMPLES.issue(at)
    issue = _hand_out(held, [line.item for line in lines], mode, carrier, waybill, picks, by, at)
    due_on = return_date(held.node, mode, at)
    boxes = _boxes(issue, kits_for([line.item for line in lines]), base)
    Sample.objects.bulk_create(
        Sample(order=held, order_item=line, kit_line=boxes[line.item.kit_id], barcode=f"{base}-{number}", due_on=due_on)
        for number, line in enumerate(lines, 1)
    )
    promise = promise_report(held, PromiseKind.PROMISED, by=by, at=at)
    progress(held, kit_issued_at=at)
    _write_down(issue, held, "lab.kit.issued", lines, by, at)
    tell_kit_issued(issue, held, due_on, promise.due_on, by=by, at=at)
    announce(KitIssued(order_id=held.pk, customer_id=held.customer_id, by=by, at=at))
    return issue


@action
def issue_replacement_kit(
    *,
    order: Order,
    mode: KitMode = KitMode.HANDED,
    carrier: str = "",
    waybill: str = "",
    picks: Sequence[Pick] = (),
    by: User,
    at: datetime,
) -> KitIssue:
    """Hand out new kits for the samples that have to be taken again; without one a new sample is enough (LAB-006).

    Raises Refused `nothing_to_replace`, and as `issue_kit`.
    """
    require(by, LabPermission.KIT_ISSUE, customer=order.customer)
    held = locked(order)
    awaited = list(
        held.samples.filter(state=SampleState.AWAITED, replaces__isnull=False, kit_line__isnull=True)
        .select_related("order_item__item").order_by("pk")
    )  # fmt: skip
    if not awaited:
        raise Refused("nothing_to_replace", _("没有等补发检测盒的样本。"))
    items = [sample.order_item.item for sample in awaited]
    base = SAMPLES.issue(at)
    issue = _hand_out(held, items, mode, carrier, waybill, picks, by, at)
    boxes = _boxes(issue, kits_for(items), base)
    due_on = return_date(held.node, mode, at)
    for sample in awaited:
        sample.kit_line, sample.due_on = boxes[sample.order_item.item.kit_id], due_on
    Sample.objects.bulk_update(awaited, ["kit_line", "due_on"])
    _write_down(issue, held, "lab.kit.replaced", [sample.order_item for sample in awaited], by, at)
    tell_kit_issued(issue, held, due_on, held.promised_due, by=by, at=at)
    return issue


@action
def take_back_kit(*, issue: KitIssue, reason: str, damaged: bool = False, by: User, at: datetime) -> KitIssue:
    """Take an unused kit back: its goods return to their lots (damaged ones to quarantine), its samples fall away.

    Raises Invalid without a reason, Refused `taken_back` or `kit_used` when one of its samples was checked.
    """
    require(by, LabPermission.KIT_ISSUE, customer=issue.order.customer)
    held, reason = locked(issue.order), reason.strip()[:200]
    current = KitIssue.objects.select_related("slip__warehouse").get(pk=issue.pk)
    samples = Sample.objects.filter(kit_line__issue=current)
    if not reason:
        raise Invalid.one("reason", "required", _("请写明收回的原因"))
    if current.taken_back_at is not None:
        raise Refused("taken_back", _("这份检测盒已经收回。"))
    if samples.filter(state__in=[SampleState.ACCEPTED, SampleState.REJECTED]).exists():
        raise Refused("kit_used", _("这份检测盒的样本已经核对过，不能再收回。"))
    quality = Quality.DAMAGED if damaged else Quality.GOOD
    post_return(slip=current.slip, reason=reason, quality=quality, permission=LabPermission.KIT_ISSUE, by=by, at=at)
    current.taken_back_at, current.taken_back_by, current.taken_back_reason = at, by, reason
    current.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_reason"])
    first = not samples.filter(replaces__isnull=False).exists()
    _let_go(held, samples, first)
    record("lab.kit.taken_back", by=by, at=at, subject=subject_of(held), customer_id=held.customer_id, reason=reason,
           node_id=held.node_id, changes={"slip": (current.slip.number, None), "damaged": (None, damaged)})  # fmt: skip
    record_fact(customer=held.customer_id, kind=FactKind.KIT, item=KIT_BACK(number=held.number), lines=[reason],
                subject=subject_of(held), by=by, at=at)  # fmt: skip
    if first and held.cancelled_at is None:
        announce(KitTakenBack(order_id=held.pk, customer_id=held.customer_id, reason=reason, by=by, at=at))
    return current


def _refuse(order: Order) -> None:
    if order.cancelled_at is not None:
        raise Refused("order_cancelled", _("这张检测单已经作废。"))
    if order.signed_at is None:
        raise Refused("not_signed", _("检测单还没有客户签字，签字后才能发检测盒。"))
    if order.kit_issued_at is not None:
        raise Refused("kit_issued", _("这张检测单的检测盒已经发出。"))


def _hand_out(
    order: Order, items: Sequence[TestItem], mode: KitMode, carrier: str, waybill: str, picks: Sequence[Pick],
    by: User, at: datetime,
) -> KitIssue:  # fmt: skip
    if mode == KitMode.POSTED:
        _require_waybill(carrier, waybill)
    slip = _take_from_stock(order, kits_for(items), picks, by, at)
    return KitIssue.objects.create(
        order=order, slip=slip, mode=mode, carrier=carrier.strip()[:60], waybill=waybill.strip()[:60], by=by, at=at
    )


def _require_waybill(carrier: str, waybill: str) -> None:
    errors = [
        FieldError(field, "required", message)
        for field, value, message in (
            ("carrier", carrier, _("寄出的检测盒，请填快递公司")),
            ("waybill", waybill, _("寄出的检测盒，请填快递单号")),
        )
        if not value.strip()
    ]
    if errors:
        raise Invalid(errors)


def _take_from_stock(order: Order, kits: Sequence[Kit], picks: Sequence[Pick], by: User, at: datetime) -> IssueSlip:
    warehouse = warehouse_for(order.node_id)
    if warehouse is None or warehouse.central:
        raise Refused("no_warehouse", _("%(node)s还没有库房，不能发检测盒。") % {"node": order.node.label})
    picked = {pick.product.pk for pick in picks}
    return post_issue(
        warehouse=warehouse, lines=[(kit.product, 1) for kit in kits if kit.product_id not in picked], picks=picks,
        subject=subject_of(order), customer_id=order.customer_id, permission=LabPermission.KIT_ISSUE,
        purpose=order.number, by=by, at=at,
    )  # fmt: skip


def _boxes(issue: KitIssue, kits: Sequence[Kit], base: str) -> dict[int, KitIssueLine]:
    """The kits of a hand-out by kind; the box numbers are those of the samples with a K in front."""
    return {
        kit.pk: KitIssueLine.objects.create(issue=issue, kit=kit, barcode=f"K{base[1:]}-{number}")
        for number, kit in enumerate(kits, 1)
    }


def _let_go(order: Order, samples: object, first: bool) -> None:
    if not first:
        samples.update(kit_line=None)  # type: ignore[attr-defined]
        return
    samples.update(state=SampleState.VOID)  # type: ignore[attr-defined]
    order.promised_due = None
    order.save(update_fields=["promised_due"])
    progress(order, kit_issued_at=None)


def _write_down(issue: KitIssue, order: Order, code: str, lines: Sequence[OrderItem], by: User, at: datetime) -> None:
    boxes = [BOX(kit=box.kit, barcode=box.barcode) for box in issue.lines.select_related("kit")]
    record(
        code, by=by, at=at, subject=subject_of(order), customer_id=order.customer_id, node_id=order.node_id,
        changes={"slip": (None, issue.slip.number), "mode": (None, issue.mode), "waybill": (None, issue.waybill),
                 "promised_due": (None, order.promised_due)},
        personal={"items": (None, "、".join(line.item.code for line in lines))},
    )  # fmt: skip
    record_fact(customer=order.customer_id, kind=FactKind.KIT, item=KIT_ISSUED(number=order.number), lines=boxes,
                subject=subject_of(order), by=by, at=at)  # fmt: skip
