"""Breaches of the climate: opening one holds what lies there; people close it and decide about the goods (STK-008)."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.actions.ledger import Entry, Place, book, lock_balances, places
from kefu.stock.actions.reserving import give_way
from kefu.stock.choices import BreachCause, BreachMatter, HeldDecision, MoveKind, Quality
from kefu.stock.limits import LOGGER_SILENT
from kefu.stock.models import Balance, ClimateBreach, HeldLot, Zone
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import silent_zones
from kefu.stock.sentences import BREACH, CLIMATE_HOLD

ABOVE = ("central_keeper", "product_manager")
"""Who hears of a breach besides the keeper of the warehouse."""


@within_action
def open_breach(
    zone: Zone,
    matter: BreachMatter,
    since: datetime,
    until: datetime,
    measured: tuple[Decimal, Decimal] | None,
    by: User,
    at: datetime,
) -> ClimateBreach:
    """A held zone is outside its bounds: what lies there is held, keeper and those above hear of it. Silence holds nothing."""
    lowest, highest = measured or (None, None)
    made = ClimateBreach.objects.create(
        zone=zone, matter=matter, opened_at=since, last_out_at=until, lowest=lowest, highest=highest
    )
    held = _hold(made, by, at) if measured else 0
    subject, node = Subject("stock.climate_breach", made.pk), zone.warehouse.node_id
    changes = {"zone": (None, zone.code), "matter": (None, str(matter)), "held": (None, held)}
    record("stock.breach.opened", by=by, at=at, subject=subject, node_id=node, changes=changes)
    told = [user for role in ABOVE for user in colleagues_with(role, node)]
    told += [zone.warehouse.keeper] if zone.warehouse.keeper else []
    link = reverse("stock:breach", args=[made.pk])
    tell(users=told, code="stock.breach", text=BREACH(zone=zone.code), link=link, at=at)
    return made


def _hold(breach: ClimateBreach, by: User, at: datetime) -> int:
    """Block every good pack in the zone; those it was set aside for hear of it."""
    there = Balance.objects.filter(zone=breach.zone, quality=Quality.GOOD, quantity__gt=0).select_related("lot")
    lots = [row.lot for row in there.order_by("pk")]
    if not lots:
        return 0
    zone, told = breach.zone, str(CLIMATE_HOLD)
    pairs = [places([Place(zone, lot, quality) for lot in lots]) for quality in (Quality.GOOD, Quality.BLOCKED)]
    held = lock_balances([*pairs[0], *pairs[1]])
    entries, rows = list[Entry](), list[HeldLot]()
    for good, blocked in zip(*pairs, strict=True):
        packs = held[good].quantity
        if not packs:
            continue
        if held[good].reserved:
            give_way(balance=held[good], packs=packs, by=by, at=at)
        entries += [Entry(good, -packs, told), Entry(blocked, packs, told)]
        rows.append(HeldLot(breach=breach, balance_id=blocked, packs=packs))
    if entries:
        book(entries, kind=MoveKind.QUALITY, subject=Subject("stock.climate_breach", breach.pk), by=by, at=at)
    HeldLot.objects.bulk_create(rows)
    return len(rows)


@action
def close_breach(*, breach: ClimateBreach, cause: BreachCause, reason: str, by: User, at: datetime) -> ClimateBreach:
    """A person says that a breach is over, and why. Raises Invalid without a reason, Refused "closed", or "still_out" when it is said to
    be as it should be while the last reading was not.
    """
    warehouse = breach.zone.warehouse
    require(by, StockPermission.CLIMATE_LOG, node_id=warehouse.node_id)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("原因和措施还没填"))
    current = ClimateBreach.objects.select_for_update(no_key=True).get(pk=breach.pk)
    if current.closed_at is not None:
        raise Refused("closed", _("同事已经处理过这次异常"))
    back = current.back_at is not None or (
        current.matter == BreachMatter.SILENCE
        and current.zone.readings.filter(ended_at__gt=current.last_out_at).exists()
    )
    if cause == BreachCause.RESTORED and not back:
        raise Refused("still_out", _("最近的读数还没有恢复，请先记一次正常的读数"))
    current.closed_at, current.closed_by, current.cause, current.reason = at, by, cause, reason.strip()
    current.save(update_fields=["closed_at", "closed_by", "cause", "reason"])
    record(
        "stock.breach.closed", by=by, at=at, subject=Subject("stock.climate_breach", current.pk), node_id=warehouse.node_id,
        reason=current.reason, changes={"cause": (None, str(cause))},
    )  # fmt: skip
    return current


@action
def decide_held(*, held: HeldLot, decision: HeldDecision, reason: str, by: User, at: datetime) -> HeldLot:
    """Release held packs, which are good again, or send them to destruction, for which they stay blocked.

    Raises Invalid without a reason, Refused "decided", or "stock_short" when they are no longer there or set aside to be destroyed.
    """
    warehouse = held.breach.zone.warehouse
    require(by, StockPermission.CLIMATE_DECIDE, node_id=warehouse.node_id)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("依据还没填"))
    blocked = Balance.objects.select_related("zone", "lot").get(pk=held.balance_id)
    (good,) = places([Place(blocked.zone, blocked.lot, Quality.GOOD)])
    both = lock_balances([blocked.pk, good])
    current = HeldLot.objects.select_for_update(no_key=True).get(pk=held.pk)
    if current.decision:
        raise Refused("decided", _("同事已经处理过这一批"))
    if decision == HeldDecision.RELEASED:
        if both[blocked.pk].free < current.packs:
            raise Refused("stock_short", _("冻结的货已经动过，请先核对库存"))
        entries = [Entry(blocked.pk, -current.packs, reason.strip()), Entry(good, current.packs, reason.strip())]
        subject = Subject("stock.climate_breach", current.breach_id)
        book(entries, kind=MoveKind.QUALITY, subject=subject, by=by, at=at)
    current.decision, current.reason, current.by, current.at = decision, reason.strip(), by, at
    current.save(update_fields=["decision", "reason", "by", "at"])
    record(
        "stock.held.decided", by=by, at=at, subject=Subject("stock.climate_breach", current.breach_id),
        node_id=warehouse.node_id, reason=current.reason,
        changes={"lot": (None, blocked.lot.code), "packs": (None, current.packs), "decision": (None, str(decision))},
    )  # fmt: skip
    return current


@action
def watch_loggers(*, by: User, at: datetime) -> int:
    """Open a breach for every zone whose logger has been silent for too long; answers how many."""
    require(by, StockPermission.WAREHOUSE_OPEN)
    opened = 0
    for zone, heard_at in silent_zones(at):
        if at - heard_at < timedelta(minutes=LOGGER_SILENT.on(at, node_id=zone.warehouse.node_id)):
            continue
        Zone.objects.select_for_update(no_key=True).get(pk=zone.pk)
        if zone.readings.filter(ended_at__gt=heard_at).exclude(logger="").exists():
            continue
        if zone.breaches.filter(matter=BreachMatter.SILENCE, closed_at=None).exists():
            continue
        open_breach(zone, BreachMatter.SILENCE, heard_at, heard_at, None, by, at)
        opened += 1
    if not opened:
        nothing_changed()
    return opened
