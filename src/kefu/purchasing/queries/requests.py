"""Purchase requests and what was said about them (STK-002)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from decimal import Decimal

from django.db.models import Prefetch, QuerySet

from kefu.kernel.money import total
from kefu.organisation.models import User
from kefu.purchasing.choices import RequestState
from kefu.purchasing.models import PurchaseRequest, RequestDecision, RequestLine

STANDING = (RequestState.ASKED, RequestState.APPROVED)


def requests_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[PurchaseRequest]:
    """The requests within reach, newest first, of one state (`state`), with lines and decisions."""
    rows = PurchaseRequest.objects.visible_to(user)
    if asked.get("state") in RequestState.values:
        rows = rows.filter(state=asked["state"])
    lines = RequestLine.objects.select_related("supply__product", "supply__supplier__institution", "proposal_line")
    decisions = Prefetch("decisions", RequestDecision.objects.select_related("by"))
    named = rows.select_related("warehouse__node", "by", "proposal")
    return named.prefetch_related(Prefetch("lines", lines.order_by("pk")), decisions).order_by("-id")


def amount_of(request: PurchaseRequest) -> Decimal:
    """What all lines cost together, in yuan."""
    return total((line.price, line.packs) for line in request.lines.all())


def asked_for(line_ids: Collection[int]) -> set[int]:
    """Those of the lines of a proposal that stand in a request which was neither declined nor withdrawn."""
    rows = RequestLine.objects.filter(proposal_line__in=line_ids, request__state__in=STANDING)
    return {pk for pk in rows.values_list("proposal_line", flat=True) if pk is not None}
