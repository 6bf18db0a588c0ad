"""Asking for a purchase, and taking it back (STK-002)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed, require
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import Change, Subject, action, record
from kefu.foundation.notices.actions import tell
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.money import show, total
from kefu.organisation.models import User
from kefu.purchasing.choices import RequestState
from kefu.purchasing.limits import SECOND_LEVEL
from kefu.purchasing.models import Proposal, ProposalLine, PurchaseRequest, RequestLine, Supply
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.queries.requests import asked_for
from kefu.purchasing.queries.suppliers import priced
from kefu.purchasing.rules import fits_pack, levels_needed
from kefu.purchasing.sentences import ASKED
from kefu.stock.models import Warehouse

REQUESTS = Series("purchasing.request", "CG")
LARGEST = 1_000_000
LEADERSHIP = "leadership"


@dataclass(frozen=True)
class Wanted:
    """Packs of what a supplier sells, of a line of a proposal or typed."""

    supply: Supply
    packs: int
    proposal_line: ProposalLine | None = None


@action
def ask_purchase(
    *, warehouse: Warehouse, lines: Sequence[Wanted], reason: str, by: User, at: datetime
) -> PurchaseRequest:
    """Ask leadership for a purchase at today's prices; above an amount two people must agree (STK-002).

    Raises Invalid, naming the line (`lines.2.packs`), for packs the supplier does not send, a supplier or article not in use, one named
    twice, or no price; Refused "asked_for" when a line of the proposal stands in another request.
    """
    require(by, PurchasingPermission.PLAN_ACT, node_id=warehouse.node_id)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("申请理由还没填"))
    prices = _checked(lines, at)
    proposal = _hold_proposal(lines)
    amount = total((prices[line.supply.pk], line.packs) for line in lines)
    second = Decimal(SECOND_LEVEL.on(at, node_id=warehouse.node_id))
    made = PurchaseRequest.objects.create(
        number=REQUESTS.issue(at), warehouse=warehouse, proposal=proposal, reason=reason.strip(),
        levels=levels_needed(amount, second), by=by, at=at,
    )  # fmt: skip
    RequestLine.objects.bulk_create(
        RequestLine(
            request=made,
            supply=line.supply,
            packs=line.packs,
            price=prices[line.supply.pk],
            proposal_line=line.proposal_line,
        )
        for line in lines
    )
    changes: dict[str, Change] = {"number": (None, made.number), "amount": (None, amount), "lines": (None, len(lines))}
    _record("purchasing.request.asked", made, by, at, changes, made.reason)
    _ring(made, show(amount), by, at)
    return made


@action
def withdraw_request(*, request: PurchaseRequest, by: User, at: datetime) -> PurchaseRequest:
    """Who asked takes it back before it is decided. Raises Refused "not_yours" or "decided"."""
    require(by, PurchasingPermission.PLAN_ACT, node_id=request.warehouse.node_id)
    current = PurchaseRequest.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse")
    row = current.get(pk=request.pk)
    if row.by_id != by.pk:
        raise Refused("not_yours", _("只有申请人自己能撤回"))
    if row.state != RequestState.ASKED:
        raise Refused("decided", _("这张申请已经办结"))
    row.state, row.ended_at = RequestState.WITHDRAWN, at
    row.save(update_fields=["state", "ended_at"])
    _record("purchasing.request.withdrawn", row, by, at, {"number": (None, row.number)}, "")
    return row


def _checked(lines: Sequence[Wanted], at: datetime) -> dict[int, Decimal]:
    """Today's price of each supply asked for."""
    if not lines:
        raise Invalid.one("lines", "required", _("还没有选要采购的产品"))
    ids = [line.supply.pk for line in lines]
    rows = priced(timezone.localdate(at)).filter(pk__in=ids).select_related("supplier__institution")
    known = {row.pk: row for row in rows}
    errors: list[FieldError] = []
    for number, line in enumerate(lines, 1):
        supply = known[line.supply.pk]
        wrong: list[tuple[str, str, object]] = []
        if ids.count(supply.pk) > 1:
            wrong.append(("supply", "duplicate", _("同一厂家的同一产品填了两行")))
        if not (supply.active and supply.supplier.active):
            wrong.append(("supply", "inactive", _("这家厂家或这个产品已经停用")))
        if supply.price_now is None:
            wrong.append(
                ("supply", "no_price", _("%(supplier)s 还没有今天有效的进价") % {"supplier": supply.supplier.label})
            )
        if not 0 < line.packs <= LARGEST or not fits_pack(line.packs, supply.multiple, supply.minimum):
            told = {"multiple": supply.multiple, "minimum": supply.minimum}
            wrong.append(("packs", "packs", _("要是 %(multiple)s 的倍数，至少 %(minimum)s") % told))
        errors += [FieldError(f"lines.{number}.{name}", code, message) for name, code, message in wrong]
    if errors:
        raise Invalid(errors)
    return {pk: row.price_now for pk, row in known.items() if row.price_now is not None}


def _hold_proposal(lines: Sequence[Wanted]) -> Proposal | None:
    """The proposal the lines come from, held so that no line is asked for twice."""
    ids = sorted({line.proposal_line.pk for line in lines if line.proposal_line})
    if not ids:
        return None
    rows = list(ProposalLine.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    if asked_for(ids):
        raise Refused("asked_for", _("有的行已经提过采购申请，请刷新再看"))
    return rows[0].proposal


def _ring(request: PurchaseRequest, amount: str, by: User, at: datetime) -> None:
    node, link = request.warehouse.node_id, reverse("purchasing:request", args=[request.pk])
    leaders = [one for one in colleagues_with(LEADERSHIP, node) if one.pk != by.pk]
    told = [one for one in leaders if allowed(one, PurchasingPermission.APPROVE, node_id=node)]
    tell(users=told, code="purchasing.request", text=ASKED(number=request.number, amount=amount), link=link, at=at)


def _record(
    code: str, request: PurchaseRequest, by: User, at: datetime, changes: Mapping[str, Change], reason: str
) -> None:
    subject, node = Subject("purchasing.request", request.pk), request.warehouse.node_id
    record(code, by=by, at=at, subject=subject, node_id=node, changes=changes, reason=reason)
