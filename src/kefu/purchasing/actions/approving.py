"""Leadership decides; the last yes makes an order for each supplier (STK-002)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.notices.actions import tell
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.purchasing.choices import RequestState, Verdict
from kefu.purchasing.models import OrderLine, PurchaseOrder, PurchaseRequest, RequestDecision, RequestLine
from kefu.purchasing.permissions import PurchasingPermission
from kefu.purchasing.sentences import APPROVED, DECLINED

ORDERS = Series("purchasing.order", "CD")


@action
def decide_request(
    *, request: PurchaseRequest, verdict: Verdict, by: User, at: datetime, reason: str = ""
) -> PurchaseRequest:
    """Say yes or no. One no ends it; it is approved once as many different people have agreed as it needs.

    Raises Invalid for a no without a reason, Refused "own", "said" for who has agreed already, or "decided".
    """
    require(by, PurchasingPermission.APPROVE, node_id=request.warehouse.node_id)
    if verdict == Verdict.DECLINED and not reason.strip():
        raise Invalid.one("reason", "required", _("不批准的原因还没填"))
    current = PurchaseRequest.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse", "by")
    row = current.get(pk=request.pk)
    if row.by_id == by.pk:
        raise Refused("own", _("自己提的申请要由别人审批"))
    if row.state != RequestState.ASKED:
        raise Refused("decided", _("这张申请已经办结，状态是“%(state)s”") % {"state": row.get_state_display()})
    said = list(row.decisions.all())
    if any(one.by_id == by.pk for one in said):
        raise Refused("said", _("您已经批过，还要另一位领导审批"))
    RequestDecision.objects.create(
        request=row, level=len(said) + 1, verdict=verdict, reason=reason.strip(), by=by, asked_by=row.by, at=at
    )
    ended = verdict == Verdict.DECLINED or len(said) + 1 == row.levels
    if ended:
        row.state = RequestState.DECLINED if verdict == Verdict.DECLINED else RequestState.APPROVED
        row.ended_at = at
        row.save(update_fields=["state", "ended_at"])
    record(
        f"purchasing.request.{verdict}", by=by, at=at, subject=Subject("purchasing.request", row.pk),
        node_id=row.warehouse.node_id, reason=reason.strip(), changes={"level": (None, len(said) + 1)},
    )  # fmt: skip
    if ended:
        if row.state == RequestState.APPROVED:
            _order(row, at)
        text = (APPROVED if row.state == RequestState.APPROVED else DECLINED)(number=row.number)
        link = reverse("purchasing:request", args=[row.pk])
        tell(users=[row.by], code="purchasing.request.decided", text=text, link=link, at=at)
    return row


def _order(request: PurchaseRequest, at: datetime) -> None:
    """An order for each supplier, in the name of who asked; goods are expected after the supplier's lead days."""
    by_supplier: dict[int, list[RequestLine]] = {}
    for line in request.lines.select_related("supply__supplier__institution").order_by("supply__supplier", "pk"):
        by_supplier.setdefault(line.supply.supplier_id, []).append(line)
    today = timezone.localdate(at)
    for lines in by_supplier.values():
        supplier = lines[0].supply.supplier
        made = PurchaseOrder.objects.create(
            number=ORDERS.issue(at), request=request, supplier=supplier, warehouse=request.warehouse,
            expected_on=today + timedelta(days=supplier.lead_days), by=request.by, at=at,
        )  # fmt: skip
        OrderLine.objects.bulk_create(
            OrderLine(order=made, supply=line.supply, packs=line.packs, price=line.price) for line in lines
        )
