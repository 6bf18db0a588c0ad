"""Yesterday's slips are checked one by one, differences settled, and the whole posted by somebody else; the listing is corrected (STK-021)."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.dispatch.checks import words_of
from kefu.dispatch.choices import SheetState, SlipResult
from kefu.dispatch.models import ListingCorrection, SlipLine, SlipSheet
from kefu.dispatch.permissions import DispatchPermission
from kefu.dispatch.queries import SHEET, department, listed_now, slips_of
from kefu.dispatch.queries.sheets import book_of
from kefu.dispatch.sentences import SECOND_LOOK
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.stock.models import Stocktake, Warehouse

SHEETS = Series("dispatch.sheet", "HD")
LARGEST = 1_000_000


@action
def open_sheet(*, warehouse: Warehouse, day: date, by: User, at: datetime) -> SlipSheet:
    """Begin the check of the slips of a day that is over. Raises Invalid for today and later, Refused "opened", "no_slips"."""
    require(by, DispatchPermission.REGISTER, node_id=warehouse.node_id)
    if day >= timezone.localdate(at):
        raise Invalid.one("day", "not_over", _("这一天还没过完，明天再核对"))
    Warehouse.objects.select_for_update(no_key=True).get(pk=warehouse.pk)
    if SlipSheet.objects.filter(warehouse=warehouse, day=day).exists():
        raise Refused("opened", _("这一天的出库单已经在核对"))
    slips = list(slips_of(warehouse, day))
    if not slips:
        raise Refused("no_slips", _("这一天没有出库单"))
    sheet = SlipSheet.objects.create(number=SHEETS.issue(at), warehouse=warehouse, day=day, by=by, at=at)
    SlipLine.objects.bulk_create(SlipLine(sheet=sheet, slip=slip) for slip in slips)
    _noted("dispatch.sheet.opened", sheet, by, at, {"day": (None, day.isoformat()), "slips": (None, len(slips))})
    return sheet


@action
def check_slip(*, line: SlipLine, result: SlipResult, by: User, at: datetime, note: str = "") -> SlipLine:
    """Say whether what left is what the slip says, or what differs; until it is posted this may be said anew.

    Raises Invalid for a difference without words, Refused "posted". When the last slip is done the department hears that a second look is due.
    """
    require(by, DispatchPermission.REGISTER, node_id=line.sheet.warehouse.node_id)
    words = words_of(note, "note") if result == SlipResult.DIFFERS else ""
    sheet, current = _held(line)
    before, current.result, current.note = current.result, result, words
    current.checked_by, current.checked_at = by, at
    current.reason, current.stocktake, current.settled_by, current.settled_at = "", None, None, None
    current.save()
    _noted("dispatch.sheet.checked", sheet, by, at, {"slip": (None, current.slip.number), "result": (before, str(result))})  # fmt: skip
    _ring_when_done(sheet, at)
    return current


@action
def settle_difference(
    *, line: SlipLine, reason: str, by: User, at: datetime, stocktake: Stocktake | None = None
) -> SlipLine:
    """Say how a difference was settled, by which stocktake of the warehouse where there was one. Raises Invalid without words or for another
    warehouse's stocktake, Refused "no_difference", "posted"."""
    require(by, DispatchPermission.REGISTER, node_id=line.sheet.warehouse.node_id)
    words = words_of(reason, "reason")
    sheet, current = _held(line)
    if current.result != SlipResult.DIFFERS:
        raise Refused("no_difference", _("这张出库单没有差异"))
    if stocktake is not None and stocktake.warehouse_id != sheet.warehouse_id:
        raise Invalid.one("stocktake", "unknown", _("要选这个库房的盘点单"))
    current.reason, current.stocktake, current.settled_by, current.settled_at = words, stocktake, by, at
    current.save(update_fields=["reason", "stocktake", "settled_by", "settled_at"])
    _noted("dispatch.sheet.settled", sheet, by, at, {"slip": (None, current.slip.number), "stocktake": (None, stocktake.number if stocktake else "")})  # fmt: skip
    _ring_when_done(sheet, at)
    return current


@action
def post_sheet(*, sheet: SlipSheet, by: User, at: datetime) -> SlipSheet:
    """The second look: post the check, once. Raises Refused "posted", "not_done", "own_check" for who opened it or checked a slip on it."""
    require(by, DispatchPermission.REGISTER, node_id=sheet.warehouse.node_id)
    current = _locked(sheet)
    if _undone(current):
        raise Refused("not_done", _("还有出库单没核对，或者差异没处理"))
    if current.by_id == by.pk or current.lines.filter(checked_by=by).exists():
        raise Refused("own_check", _("自己核对过的要由别的同事复核"))
    current.state, current.posted_by, current.posted_at = SheetState.POSTED, by, at
    current.save(update_fields=["state", "posted_by", "posted_at"])
    _noted("dispatch.sheet.posted", current, by, at, {"state": (SheetState.OPEN, current.state)})
    return current


@action
def correct_listing(
    *, warehouse: Warehouse, product: Product, packs: int, reason: str, by: User, at: datetime
) -> ListingCorrection | None:
    """Record what the shop's listing of a product is set to, beside what the book says; None where it says so already.

    Raises Invalid without a reason or for impossible packs.
    """
    require(by, DispatchPermission.REGISTER, node_id=warehouse.node_id)
    words = words_of(reason, "reason")
    if not 0 <= packs <= LARGEST:
        raise Invalid.one("packs", "range", _("数量要在 0 到 1,000,000 之间"))
    Warehouse.objects.select_for_update(no_key=True).get(pk=warehouse.pk)
    before = listed_now(warehouse, [product.pk]).get(product.pk)
    if before == packs:
        nothing_changed()
        return None
    made = ListingCorrection.objects.create(
        warehouse=warehouse, product=product, before=before, packs=packs, book=max(book_of(warehouse, product, at), 0), reason=words, by=by, at=at
    )  # fmt: skip
    record(
        "dispatch.listing.corrected", by=by, at=at, subject=Subject("dispatch.listing", made.pk), node_id=warehouse.node_id,
        changes={product.code: (before, packs)}, reason=words,
    )  # fmt: skip
    return made


@within_action
def _locked(sheet: SlipSheet) -> SlipSheet:
    rows = SlipSheet.objects.select_for_update(of=("self",), no_key=True)
    current = rows.select_related("warehouse__keeper").get(pk=sheet.pk)
    if current.state == SheetState.POSTED:
        raise Refused("posted", _("核对单 %(number)s 已经复核入账") % {"number": current.number})
    return current


@within_action
def _held(line: SlipLine) -> tuple[SlipSheet, SlipLine]:
    sheet = _locked(line.sheet)
    return sheet, sheet.lines.select_related("slip").get(pk=line.pk)


def _undone(sheet: SlipSheet) -> bool:
    return sheet.lines.filter(Q(result="") | Q(result=SlipResult.DIFFERS, settled_by__isnull=True)).exists()


def _ring_when_done(sheet: SlipSheet, at: datetime) -> None:
    if _undone(sheet):
        return
    keeper = [sheet.warehouse.keeper] if sheet.warehouse.keeper else []
    seen = {sheet.by_id, *sheet.lines.values_list("checked_by", flat=True)}
    users = [one for one in [*department(sheet.warehouse), *keeper] if one.pk not in seen]
    link = reverse("dispatch:sheet", args=[sheet.pk])
    tell(
        users=users, code="dispatch.sheet", text=SECOND_LOOK(number=sheet.number), link=link, at=at, unless_unread=True
    )


def _noted(code: str, sheet: SlipSheet, by: User, at: datetime, changes: dict[str, tuple[object, object]]) -> None:
    """Without what was said of a slip: an erasure empties that, and the trail stays."""
    record(code, by=by, at=at, subject=Subject(SHEET, sheet.pk), node_id=sheet.warehouse.node_id, changes=changes)
