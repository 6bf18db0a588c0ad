"""Two people count what arrives; the second count that says the same books it (Annex 5.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed, require
from kefu.foundation.audit.trail import action, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.requisitions.actions.stepping import held, step
from kefu.requisitions.choices import State, StepKind
from kefu.requisitions.limits import BRINGER, SETTLE_DAYS
from kefu.requisitions.models import ArrivalCount, ArrivalCountLine, Requisition, ShippedLine
from kefu.requisitions.permissions import RequisitionPermission
from kefu.requisitions.queries import subject_of
from kefu.requisitions.rules import differing
from kefu.stock.actions import Passage, pass_on
from kefu.stock.actions.ledger import Place
from kefu.stock.choices import MoveKind, Quality
from kefu.stock.fitting import home_zone
from kefu.stock.models import Warehouse

Counted = Mapping[int, tuple[int, int]]
"""By shipped line: packs that are good, packs that are broken."""


@action
def count_arrival(*, requisition: Requisition, counted: Counted, by: User, at: datetime) -> Requisition:
    """Say what of each line arrived good and broken; the rest is short. Once a second person, one of the two the keeper here, says the
    same, the good goes to its shelf, the broken into quarantine, and what is short stays on its way as an open difference.

    Where the two differ both counts are kept, nothing is booked, and they count again. Raises Invalid for missing lines or impossible
    packs; Refused "same_person", "keeper_missing", "bringer_missing", "wrong_state".
    """
    source = requisition.source
    if not allowed(by, source.keep_permission, node_id=source.node_id):
        require(by, RequisitionPermission.DRAFT, node_id=requisition.target.node_id)
    current = held(requisition, State.ISSUED)
    lines = list(current.shipped.select_related("lot__product__storage"))
    _check(lines, counted)
    first = current.counts.select_related("by").order_by("-pk").first()
    if first is None:
        _keep(current, counted, by, at)
        _noted(current, by, at, agrees=False)
        return current
    if first.by_id == by.pk:
        raise Refused("same_person", _("您已经点过了，请另一位同事再点一遍"))
    _refuse_alone(current, first.by, by, at)
    before = {row.line_id: (row.accepted, row.damaged) for row in first.lines.all()}
    if differing(before, dict(counted)):
        _keep(current, counted, by, at)
        _noted(current, by, at, agrees=False)
        return current
    _keep(current, counted, by, at, agrees_with=first)
    _arrive(current, lines, counted, by, at)
    return current


def _check(lines: Sequence[ShippedLine], counted: Counted) -> None:
    if {line.pk for line in lines} != counted.keys():
        raise Invalid.one("counted", "lines", _("每一行都要填，没到的填 0"))
    for line in lines:
        accepted, damaged = counted[line.pk]
        if accepted < 0 or damaged < 0 or accepted + damaged > line.packs:
            words = _("批号 %(lot)s 完好加破损要在 0 到 %(packs)s 之间") % {"lot": line.lot.code, "packs": line.packs}
            raise Invalid.one("counted", "range", words)


def _refuse_alone(current: Requisition, first: User, second: User, at: datetime) -> None:
    def keeps(warehouse: Warehouse) -> bool:
        return any(allowed(one, warehouse.keep_permission, node_id=warehouse.node_id) for one in (first, second))

    if not keeps(current.target):
        raise Refused("keeper_missing", _("两个人里要有一位本库房的库管"))
    if BRINGER.on(at, node_id=current.target.node_id) and not keeps(current.source):
        raise Refused("bringer_missing", _("两个人里要有一位发货库房的库管"))


def _keep(
    current: Requisition, counted: Counted, by: User, at: datetime, agrees_with: ArrivalCount | None = None
) -> None:
    first_by = agrees_with.by if agrees_with else None
    made = ArrivalCount.objects.create(requisition=current, by=by, at=at, agrees_with=agrees_with, first_by=first_by)
    ArrivalCountLine.objects.bulk_create(
        ArrivalCountLine(count=made, line_id=line, accepted=accepted, damaged=damaged)
        for line, (accepted, damaged) in counted.items()
    )


def _noted(current: Requisition, by: User, at: datetime, *, agrees: bool) -> None:
    record(
        "requisitions.arrival_counted", by=by, at=at, subject=subject_of(current), node_id=current.target.node_id,
        changes={"agrees": (None, agrees)},
    )  # fmt: skip


def _arrive(current: Requisition, lines: Sequence[ShippedLine], counted: Counted, by: User, at: datetime) -> None:
    passages = []
    for line in lines:
        line.accepted, line.damaged = counted[line.pk]
        for packs, quality in ((line.accepted, Quality.GOOD), (line.damaged, Quality.DAMAGED)):
            if packs:
                zone = home_zone(warehouse=current.target, product=line.lot.product, quality=quality)
                passages.append(Passage(line.balance_id, packs, Place(zone, line.lot, quality)))
    ShippedLine.objects.bulk_update(lines, ["accepted", "damaged"])
    current.open_packs = sum(line.open for line in lines)
    day = timezone.localdate(at) + timedelta(days=SETTLE_DAYS.on(at, node_id=current.target.node_id))
    current.settle_by = day if current.open_packs else None
    to = State.DIFFERENCE if current.open_packs else State.RECEIVED
    step(current, StepKind.COUNTED, to, by=by, at=at, short=current.open_packs)
    if passages:
        pass_on(passages=passages, kind=MoveKind.TRANSFER, subject=subject_of(current), by=by, at=at)
