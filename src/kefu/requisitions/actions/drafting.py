"""A branch enters what it needs (STK-013)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed, require
from kefu.foundation.audit.trail import action
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.requisitions.actions.stepping import held, step
from kefu.requisitions.choices import State, StepKind
from kefu.requisitions.models import Requisition, RequisitionLine
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.queries import proposals_of, subject_of
from kefu.requisitions.turns import needed
from kefu.stock.actions import release
from kefu.stock.models import Warehouse

REQUISITIONS = Series("requisitions.requisition", "SQ")
LARGEST = 1_000_000
Wanted = Sequence[tuple[Product, int]]


@action
def draft(
    *, target: Warehouse, source: Warehouse, wanted: Wanted, by: User, at: datetime, note: str = ""
) -> Requisition:
    """Enter what a branch warehouse needs from another; each line keeps what was known of the product at this moment.

    Raises Invalid for nothing, impossible numbers, a product twice, the central warehouse as target, or a closed source.
    """
    require(by, RequisitionPermission.DRAFT, node_id=target.node_id)
    if target.central or not target.active:
        raise Invalid.one("target", "not_a_branch", _("只有在用的分中心库房可以申请"))
    if source.pk == target.pk or not source.active:
        raise Invalid.one("source", "not_open", _("发货库房要是另一个在用的库房"))
    _check(wanted)
    made = Requisition.objects.create(
        number=REQUISITIONS.issue(at), target=target, source=source, note=note.strip()[:200], by=by, at=at
    )
    _write(made, wanted, at)
    step(made, StepKind.DRAFTED, State.DRAFT, by=by, at=at, number=made.number, lines=len(wanted))
    return made


@action
def change_lines(*, requisition: Requisition, wanted: Wanted, by: User, at: datetime) -> Requisition:
    """Enter other packs while the requisition is a draft; what is known is read anew. Raises as `draft`, Refused "wrong_state"."""
    require(by, RequisitionPermission.DRAFT, node_id=requisition.target.node_id)
    _check(wanted)
    current = held(requisition, State.DRAFT)
    current.lines.all().delete()
    _write(current, wanted, at)
    step(current, StepKind.CHANGED, State.DRAFT, by=by, at=at, lines=len(wanted))
    return current


@action
def withdraw(*, requisition: Requisition, reason: str, by: User, at: datetime) -> Requisition:
    """Give a requisition up before the goods leave; what was set aside is put back. Whoever may decide about it may also end it
    once it is approved.

    Raises Forbidden for anybody but who entered it, or the product department; Invalid without a reason; Refused "wrong_state".
    """
    words = needed(reason)
    current = held(requisition, State.DRAFT, State.SUBMITTED, State.CHECKED, State.APPROVED)
    decides = allowed(by, RequisitionPermission.APPROVE, node_id=current.source.node_id)
    if by.pk != current.by_id and not decides:
        raise Forbidden("not_yours", _("只有填单人或产品部可以撤回"))
    require(by, RequisitionPermission.DRAFT, node_id=current.target.node_id)
    release(subject=subject_of(current), at=at)
    step(current, StepKind.WITHDRAWN, State.WITHDRAWN, by=by, at=at, reason=words)
    return current


def _check(wanted: Wanted) -> None:
    if not wanted:
        raise Invalid.one("lines", "required", _("还没有填要申请的货"))
    if any(not 0 < packs <= LARGEST for _product, packs in wanted):
        raise Invalid.one("lines", "packs", _("数量要在 1 到 1,000,000 之间"))
    if len({product.pk for product, _packs in wanted}) < len(wanted):
        raise Invalid.one("lines", "duplicate", _("同一个产品只填一行"))
    if idle := next((product for product, _packs in wanted if not product.active), None):
        raise Refused("not_in_use", _("%(name)s已经停用，不能申请") % {"name": idle.label})


def _write(current: Requisition, wanted: Wanted, at: datetime) -> None:
    packs = {product.pk: count for product, count in wanted}
    rows = proposals_of(current.target, [product for product, _packs in wanted], at)
    RequisitionLine.objects.bulk_create(
        RequisitionLine(
            requisition=current, product=row.product, par=row.need.par, free=row.need.free, coming=row.need.coming,
            ordered=row.need.ordered, sold=row.need.sold, waiting=row.need.waiting, proposed=row.packs,
            wanted=packs[row.product.pk],
        )
        for row in rows
    )  # fmt: skip
