"""Goods that left come back: not shipped after all, or returned."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.rules import Permission
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.actions.ledger import Entry, Place, book, lock_balances, places
from kefu.stock.choices import MoveKind, Quality, ZonePurpose
from kefu.stock.models import IssueLine, IssueSlip, Zone
from kefu.stock.queries import place_of


@action
def give_back(
    *,
    slip: IssueSlip,
    reason: str,
    by: User,
    at: datetime,
    packs: Mapping[int, int] | None = None,
    quality: Quality = Quality.GOOD,
) -> IssueSlip:
    """Take goods of a slip back over the keeper's counter. Refusals as in `post_return`."""
    return post_return(
        slip=slip, reason=reason, packs=packs, quality=quality, permission=slip.warehouse.keep_permission, by=by, at=at
    )


@within_action
def post_return(
    *,
    slip: IssueSlip,
    reason: str,
    permission: Permission,
    by: User,
    at: datetime,
    packs: Mapping[int, int] | None = None,
    quality: Quality = Quality.GOOD,
) -> IssueSlip:
    """Take goods of a slip back into the lots they came from, in the calling module's action, under its `permission`.

    `packs` says how many of which line (by its id); without it everything that has not come back yet. Goods that are
    not good go to quarantine. Raises Invalid without a reason, Refused "nothing_to_return", "returns_too_much", or "on_its_way"
    for goods that went to another warehouse.
    """
    require(by, permission, node_id=place_of(slip.warehouse, slip.customer_id))
    if not reason.strip():
        raise Invalid.one("reason", "required", _("退回原因还没填"))
    current = IssueSlip.objects.select_for_update(of=("self",), no_key=True).select_related("warehouse").get(pk=slip.pk)
    if current.to_warehouse_id:
        raise Refused("on_its_way", _("这张单是调拨，货还在我们这里；要退回请在申请单上处理"))
    lines = list(current.lines.select_related("balance__zone", "lot").order_by("pk"))
    returned = _returned(lines, packs)
    spots = places([Place(_zone(line, quality), line.lot, quality) for line, _packs in returned])
    lock_balances(spots)
    book(
        [Entry(spot, count, reason.strip()) for spot, (_line, count) in zip(spots, returned, strict=True)],
        kind=MoveKind.RETURN, subject=Subject("stock.issue_slip", current.pk), by=by, at=at,
    )  # fmt: skip
    for line, count in returned:
        line.returned += count
    IssueLine.objects.bulk_update([line for line, _count in returned], ["returned"])
    record(
        "stock.returned", by=by, at=at, subject=Subject("stock.issue_slip", current.pk), reason=reason.strip(),
        node_id=current.warehouse.node_id, customer_id=current.customer_id,
        changes={"packs": (None, sum(count for _line, count in returned)), "quality": (None, quality)},
    )  # fmt: skip
    return current


def _returned(lines: list[IssueLine], packs: Mapping[int, int] | None) -> list[tuple[IssueLine, int]]:
    if packs is None:
        wanted = [(line, line.packs - line.returned) for line in lines]
    else:
        unknown = packs.keys() - {line.pk for line in lines}
        if unknown or any(count < 0 for count in packs.values()):
            raise Invalid.one("packs", "unknown", _("退回的数量或行不对，请重新选"))
        wanted = [(line, packs.get(line.pk, 0)) for line in lines]
    wanted = [(line, count) for line, count in wanted if count]
    if not wanted:
        raise Refused("nothing_to_return", _("这张出库单没有可以退回的货"))
    for line, count in wanted:
        if line.returned + count > line.packs:
            left = line.packs - line.returned
            raise Refused(
                "returns_too_much", _("批号 %(lot)s 最多还能退 %(left)s") % {"lot": line.lot.code, "left": left}
            )
    return wanted


def _zone(line: IssueLine, quality: Quality) -> Zone:
    zone = line.balance.zone
    if quality == Quality.GOOD or not zone.is_shelf:
        return zone
    return zone.warehouse.zones.filter(purpose=ZonePurpose.QUARANTINE).order_by("code").first() or zone
