"""The hands a requisition goes through before goods are set aside: director, finance, product department (Annex 5.5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.requisitions.actions.stepping import held, step
from kefu.requisitions.choices import State, StepKind
from kefu.requisitions.models import Requisition, RequisitionLine
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.queries import subject_of
from kefu.requisitions.turns import needed
from kefu.stock.actions import reserve


@dataclass(frozen=True)
class Granted:
    """Packs approved of a line; fewer than wanted need a reason."""

    packs: int
    reason: str = ""


@action
def sign(*, requisition: Requisition, by: User, at: datetime) -> Requisition:
    """The director of the branch signs. Raises Refused "wrong_state", "own", "twice"."""
    require(by, RequisitionPermission.SIGN, node_id=requisition.target.node_id)
    current = held(requisition, State.DRAFT)
    step(current, StepKind.SIGNED, State.SUBMITTED, by=by, at=at)
    return current


@action
def check_figures(*, requisition: Requisition, by: User, at: datetime, remark: str = "") -> Requisition:
    """Finance finds the figures right. Raises Refused "wrong_state", "own", "twice"."""
    require(by, RequisitionPermission.FIGURES_CHECK, node_id=requisition.target.node_id)
    current = held(requisition, State.SUBMITTED)
    step(current, StepKind.CHECKED, State.CHECKED, by=by, at=at, reason=remark.strip()[:200])
    return current


@action
def approve(
    *, requisition: Requisition, by: User, at: datetime, granted: Mapping[int, Granted] | None = None
) -> Requisition:
    """The product department approves, less of a line where `granted` (by line id) says so; the goods are set aside at once (STK-013).

    Raises Invalid for more than wanted, less without a reason, or nothing at all; Refused "wrong_state", "own", "twice", or "stock_short"
    with what there is.
    """
    require(by, RequisitionPermission.APPROVE, node_id=requisition.source.node_id)
    current = held(requisition, State.CHECKED)
    lines = list(current.lines.select_related("product").order_by("product__code", "pk"))
    _grant(lines, granted or {})
    RequisitionLine.objects.bulk_update(lines, ["approved", "reason"])
    step(current, StepKind.APPROVED, State.APPROVED, by=by, at=at, packs=sum(line.approved or 0 for line in lines))
    reserve(
        warehouse=current.source, lines=[(line.product, line.approved) for line in lines if line.approved],
        subject=subject_of(current), permission=RequisitionPermission.APPROVE, to_branch=True, by=by, at=at,
    )  # fmt: skip
    return current


@action
def reject(*, requisition: Requisition, reason: str, by: User, at: datetime) -> Requisition:
    """Whose turn it is says no; that ends it. Raises Invalid without a reason, Refused "wrong_state", "own", "twice"."""
    words = needed(reason)
    current = held(requisition, State.DRAFT, State.SUBMITTED, State.CHECKED)
    right, node = {
        State.DRAFT: (RequisitionPermission.SIGN, current.target.node_id),
        State.SUBMITTED: (RequisitionPermission.FIGURES_CHECK, current.target.node_id),
        State.CHECKED: (RequisitionPermission.APPROVE, current.source.node_id),
    }[State(current.state)]
    require(by, right, node_id=node)
    step(current, StepKind.REJECTED, State.REJECTED, by=by, at=at, reason=words)
    return current


def _grant(lines: list[RequisitionLine], granted: Mapping[int, Granted]) -> None:
    errors = []
    if unknown := granted.keys() - {line.pk for line in lines}:
        raise Refused("changed", _("申请单的行变了，请刷新再批"), {"lines": sorted(unknown)})
    for line in lines:
        given = granted.get(line.pk, Granted(line.wanted))
        line.approved, line.reason = given.packs, given.reason.strip()[:200] if given.packs < line.wanted else ""
        if not 0 <= given.packs <= line.wanted:
            words = _("%(name)s批准数量要在 0 到 %(wanted)s 之间") % {"name": line.product.label, "wanted": line.wanted}
            errors.append(FieldError(f"packs-{line.pk}", "range", words))
        elif given.packs < line.wanted and not line.reason:
            errors.append(
                FieldError(
                    f"reason-{line.pk}", "required", _("%(name)s批少了，请写原因") % {"name": line.product.label}
                )
            )
    if errors:
        raise Invalid(errors)
    if not any(line.approved for line in lines):
        raise Invalid.one("lines", "nothing", _("一件都不批的话，请选“不批准”并写原因"))
