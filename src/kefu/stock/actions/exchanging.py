"""Exchanging goods near their expiry for fresher ones with the supplier (STK-014)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.actions.ledger import Entry, Place, book, lock_balances, places
from kefu.stock.choices import MoveKind, Quality, ZonePurpose
from kefu.stock.models import Balance, Lot


@action
def exchange(*, balance: Balance, packs: int, lot: str, expiry: date, reason: str, by: User, at: datetime) -> Balance:
    """Hand packs of a lot back to the supplier and take as many of a fresher lot in; answers the fresher lot's balance.

    Raises Invalid without a reason or lot, or when the new expiry is not later; Refused "stock_short".
    """
    warehouse = balance.warehouse
    require(by, warehouse.keep_permission, node_id=warehouse.node_id)
    _check(balance, packs, lot, expiry, reason)
    fresh, _made = Lot.objects.get_or_create(
        product=balance.product, code=lot.strip(), defaults={"expiry": expiry, "received_on": timezone.localdate(at)}
    )
    if fresh.expiry != expiry:
        raise Invalid.one("expiry", "differs", _("同一批号以前登记的有效期是 %(expiry)s") % {"expiry": fresh.expiry})
    zone = balance.zone
    if not zone.is_shelf:
        homes = warehouse.zones.filter(purpose=ZonePurpose.SHELF, storage=balance.product.storage)
        zone = homes.order_by("code").first() or zone
    (to,) = places([Place(zone, fresh, Quality.GOOD)])
    both = lock_balances([balance.pk, to])
    held, target = both[balance.pk], both[to]
    if held.free < packs:
        raise Refused("stock_short", _("现在只有 %(available)s，没有这么多") % {"available": held.free},
                      {"available": held.free})  # fmt: skip
    subject, told = Subject("stock.balance", held.pk), reason.strip()
    entries = [Entry(held.pk, -packs, told), Entry(target.pk, packs, told)]
    book(entries, kind=MoveKind.EXCHANGE, subject=subject, by=by, at=at)
    changes = {"packs": (None, packs), "lot": (held.lot.code, fresh.code), "expiry": (held.lot.expiry, expiry)}
    record("stock.exchanged", by=by, at=at, subject=subject, node_id=warehouse.node_id, reason=told, changes=changes)
    target.quantity += packs
    return target


def _check(balance: Balance, packs: int, lot: str, expiry: date, reason: str) -> None:
    errors = []
    if packs < 1:
        errors.append(FieldError("packs", "min_value", _("数量至少是 1")))
    if not lot.strip() or lot.strip() == balance.lot.code:
        errors.append(FieldError("lot", "required", _("请填换来的新批号")))
    if balance.lot.expiry is None or expiry <= balance.lot.expiry:
        errors.append(FieldError("expiry", "not_later", _("换来的有效期要比原来的晚")))
    if not reason.strip():
        errors.append(FieldError("reason", "required", _("原因还没填")))
    if errors:
        raise Invalid(errors)
