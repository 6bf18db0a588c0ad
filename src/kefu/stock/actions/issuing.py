"""Goods leave: the system proposes the lots, taking others needs a reason and a right (STK-005, STK-006)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.rules import Permission
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.actions.ledger import Entry, book, shelves
from kefu.stock.actions.reserving import give_what_is_set_aside
from kefu.stock.choices import MoveKind
from kefu.stock.choosing import Pick, Wanted, choose, demanded
from kefu.stock.models import IssueLine, IssueSlip, Warehouse
from kefu.stock.queries import place_of
from kefu.stock.rules import Take

ISSUES = Series("stock.issue", "CK")


@action
def issue(
    *,
    warehouse: Warehouse,
    lines: Wanted,
    purpose: str,
    by: User,
    at: datetime,
    picks: Sequence[Pick] = (),
) -> IssueSlip:
    """Hand goods out over the keeper's counter, for a purpose that is written down. Refusals as in `post_issue`."""
    if not purpose.strip():
        raise Invalid.one("purpose", "required", _("用途还没填"))
    return post_issue(
        warehouse=warehouse, lines=lines, picks=picks, purpose=purpose.strip(), subject=None, customer_id=None,
        permission=warehouse.keep_permission, by=by, at=at,
    )  # fmt: skip


@within_action
def post_issue(
    *,
    warehouse: Warehouse,
    lines: Wanted,
    subject: Subject | None,
    customer_id: int | None,
    permission: Permission,
    by: User,
    at: datetime,
    picks: Sequence[Pick] = (),
    purpose: str = "",
) -> IssueSlip:
    """Take goods out of stock for a record of the calling module's action, under that module's `permission`.

    The right must hold where the goods are kept, or at the customer's node when this warehouse serves it.

    `lines` are products with packs; their lots are chosen by the product's policy among good, unexpired goods outside
    quarantine, and held until the transaction ends. What is set aside of them for `subject` is free for it. `picks` ask for certain lots: where they differ from the proposal,
    a reason and the right to keep the warehouse are needed.
    Raises Refused "stock_short" with details `short: [{product, name, wanted, available}]`, "lot_not_available",
    "lot_needs_reason"; Forbidden for an override without the right; Invalid for impossible quantities.
    """
    require(by, permission, node_id=place_of(warehouse, customer_id))
    products, demand = demanded(lines, picks)
    if not warehouse.active:
        raise Refused("warehouse_closed", _("这个库房已停用"))
    number = ISSUES.issue(at)
    if subject is not None:
        give_what_is_set_aside(warehouse=warehouse, products=demand, subject=subject, at=at)
    held = shelves(warehouse, demand, timezone.localdate(at))
    takes, reasons = choose(held, products, demand, picks, warehouse, by)
    slip = IssueSlip.objects.create(
        number=number, warehouse=warehouse, customer_id=customer_id, purpose=purpose, by=by, at=at,
        subject_kind=subject.kind if subject else "", subject_id=subject.id if subject else None,
    )  # fmt: skip
    told = "、".join(f"{products[pk].code}×{packs}" for pk, packs in demand.items())
    _write(slip, takes, reasons, told)
    return slip


def _write(slip: IssueSlip, takes: Sequence[Take], reasons: dict[int, str], told: str) -> None:
    subject = Subject("stock.issue_slip", slip.pk)
    book(
        [Entry(take.shelf.balance_id, -take.packs, reasons.get(take.shelf.lot_id, "")) for take in takes],
        kind=MoveKind.ISSUE, subject=subject, by=slip.by, at=slip.at,
    )  # fmt: skip
    IssueLine.objects.bulk_create(
        IssueLine(
            slip=slip, balance_id=take.shelf.balance_id, lot_id=take.shelf.lot_id, packs=take.packs,
            reason=reasons.get(take.shelf.lot_id, ""),
        )
        for take in takes
    )  # fmt: skip
    record(
        "stock.issued", by=slip.by, at=slip.at, subject=subject, node_id=slip.warehouse.node_id,
        customer_id=slip.customer_id, changes={"number": (None, slip.number), "goods": (None, told)},
        reason="；".join(sorted(set(reasons.values()))),
    )  # fmt: skip
