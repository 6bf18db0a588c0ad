"""Working out what to buy, by hand or every so many months, and what the manager makes of it (STK-001)."""

from __future__ import annotations

from datetime import date, datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.months import add_months
from kefu.organisation.models import User
from kefu.purchasing import limits
from kefu.purchasing.models import Proposal, ProposalLine, ProposalPlace
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.queries.planning import Planned, planned
from kefu.purchasing.queries.requests import asked_for
from kefu.purchasing.rules import Weights
from kefu.stock.models import Warehouse
from kefu.stock.permissions import StockPermission

PROPOSALS = Series("purchasing.proposal", "CJ")
LARGEST = 1_000_000


@action
def run_proposal(*, warehouse: Warehouse, by: User, at: datetime) -> Proposal:
    """Work out now what a central warehouse should buy for all places. Raises Refused "not_central" or "nothing_to_plan"."""
    require(by, PurchasingPermission.PLAN_ACT, node_id=warehouse.node_id)
    if not warehouse.central:
        raise Refused("not_central", _("只有总库房向厂家采购"))
    return _run(warehouse, by, at)


@action
def run_due_proposals(*, by: User, at: datetime) -> int:
    """For the job: a proposal for each central warehouse whose last one is `purchasing.proposal.months` old; answers how many."""
    require(by, StockPermission.WAREHOUSE_OPEN)
    made = 0
    for warehouse in Warehouse.objects.filter(central=True, active=True).order_by("pk"):
        Warehouse.objects.select_for_update(no_key=True).get(pk=warehouse.pk)
        months = limits.INTERVAL.on(at, node_id=warehouse.node_id)
        last = Proposal.objects.filter(warehouse=warehouse).order_by("-pk").first()
        if last and add_months(timezone.localdate(last.at), max(months, 1)) > timezone.localdate(at):
            continue
        try:
            _run(warehouse, by, at)
        except Refused:
            continue
        made += 1
    if not made:
        nothing_changed()
    return made


@action
def change_quantity(*, line: ProposalLine, quantity: int, reason: str, by: User, at: datetime) -> ProposalLine:
    """The manager buys another quantity than proposed, for a reason; the proposal stays beside it.

    Raises Invalid for an impossible quantity or without a reason, Refused "asked_for" once it stands in a request.
    """
    proposal = line.proposal
    require(by, PurchasingPermission.PLAN_ACT, node_id=proposal.warehouse.node_id)
    if not 0 <= quantity <= LARGEST:
        raise Invalid.one("quantity", "range", _("数量要在 0 到 1,000,000 之间"))
    if not reason.strip():
        raise Invalid.one("reason", "required", _("为什么改数量还没填"))
    row = ProposalLine.objects.select_for_update(no_key=True).get(pk=line.pk)
    if asked_for([row.pk]):
        raise Refused("asked_for", _("这一行已经提了采购申请，不能再改"))
    before, row.quantity, row.reason, row.changed_by, row.changed_at = row.quantity, quantity, reason.strip(), by, at
    row.save(update_fields=["quantity", "reason", "changed_by", "changed_at"])
    record(
        "purchasing.proposal.changed", by=by, at=at, subject=Subject("purchasing.proposal", proposal.pk),
        node_id=proposal.warehouse.node_id, reason=row.reason,
        changes={"product": (None, line.product.code), "quantity": (before, quantity)},
    )  # fmt: skip
    return row


def _run(warehouse: Warehouse, by: User, at: datetime) -> Proposal:
    node, until = warehouse.node_id, timezone.localdate(at)
    since = add_months(until, -max(limits.CYCLE.on(at, node_id=node), 1))
    weights = _weights(at, node)
    rows = planned(_midnight(since), _midnight(until), weights, at)
    if not rows:
        raise Refused("nothing_to_plan", _("没有要采购的产品：先登记供应商和供货的产品"))
    made = Proposal.objects.create(
        number=PROPOSALS.issue(at), warehouse=warehouse, since=since, until=until, weights=vars(weights), by=by, at=at
    )
    _keep(made, rows)
    record(
        "purchasing.proposal.run", by=by, at=at, subject=Subject("purchasing.proposal", made.pk), node_id=node,
        changes={"number": (None, made.number), "products": (None, len(rows))},
    )  # fmt: skip
    return made


def _keep(proposal: Proposal, rows: list[Planned]) -> None:
    lines = ProposalLine.objects.bulk_create(
        ProposalLine(
            proposal=proposal, product_id=row.product_id, supply=row.offer.supply if row.offer else None,
            issued=row.total.issued, demand=row.total.demand, on_hand=row.total.on_hand, reserved=row.total.reserved,
            on_the_way=row.total.on_the_way, on_order=row.on_order, safety=row.safety, lead_days=row.lead_days,
            multiple=row.multiple, minimum=row.minimum, proposed=row.proposed, quantity=row.proposed,
        )
        for row in rows
    )  # fmt: skip
    ProposalPlace.objects.bulk_create(
        ProposalPlace(
            line=line, node_id=node, issued=part.issued, demand=part.demand, on_hand=part.on_hand,
            reserved=part.reserved, on_the_way=part.on_the_way,
        )
        for line, row in zip(lines, rows, strict=True)
        for node, part in sorted(row.places.items())
    )  # fmt: skip


def _weights(at: datetime, node: int) -> Weights:
    return Weights(
        sales=limits.OF_SALES.on(at, node_id=node),
        demand=limits.OF_DEMAND.on(at, node_id=node),
        safety=limits.OF_SAFETY.on(at, node_id=node),
        lead=limits.OF_LEAD.on(at, node_id=node),
        stock=limits.OF_STOCK.on(at, node_id=node),
        coming=limits.OF_COMING.on(at, node_id=node),
    )


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
