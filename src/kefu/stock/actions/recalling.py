"""Calling a lot back: it stays where it is at once, everywhere, and whoever got of it is told (Annex 5.6)."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.actions.ledger import lock_balances
from kefu.stock.actions.reserving import give_way
from kefu.stock.choices import Quality
from kefu.stock.models import Balance, Lot, Recall, RecallTold
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import colleagues_to_tell, still_with
from kefu.stock.sentences import RECALLED


@action
def recall(*, lot: Lot, reason: str, by: User, at: datetime, reference: str = "") -> Recall:
    """Call a lot back in every warehouse: nothing of it leaves any more, and what was set aside of it gives way.

    Keepers of the warehouses where it lies and the health managers of who got of it hear of it.
    Raises Invalid without a reason, Refused "already_recalled".
    """
    require(by, StockPermission.LOT_RECALL)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("召回原因还没填"))
    held = lock_balances(Balance.objects.filter(lot=lot).values_list("pk", flat=True))
    current = Lot.objects.select_for_update(no_key=True).get(pk=lot.pk)
    if current.recalled:
        raise Refused("already_recalled", _("这一批已经在召回"))
    current.recalled = True
    current.save(update_fields=["recalled"])
    made = Recall.objects.create(lot=current, reason=reason.strip(), reference=reference.strip(), by=by, at=at)
    for balance in held.values():
        if balance.reserved and balance.quality == Quality.GOOD:
            give_way(balance=balance, packs=balance.quantity, by=by, at=at)
    there = sum(balance.quantity for balance in held.values())
    record(
        "stock.lot.recalled", by=by, at=at, subject=Subject("stock.recall", made.pk), reason=made.reason,
        changes={"lot": (None, current.code), "reference": (None, made.reference), "there": (None, there)},
    )  # fmt: skip
    link = reverse("stock:recall", args=[made.pk])
    tell(users=colleagues_to_tell(made), code="stock.recall", text=RECALLED(lot=current.code), link=link, at=at)
    return made


@action
def lift_recall(*, recall: Recall, reason: str, by: User, at: datetime) -> Recall:
    """Say that a recalled lot is good after all; what lies there may leave again. Raises Invalid without a reason, Refused "lifted"."""
    require(by, StockPermission.RECALL_LIFT)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("解除原因还没填"))
    lot = Lot.objects.select_for_update(no_key=True).get(pk=recall.lot_id)
    current = Recall.objects.select_for_update(no_key=True).get(pk=recall.pk)
    if current.lifted_at is not None:
        raise Refused("lifted", _("这次召回已经解除"))
    lot.recalled = False
    lot.save(update_fields=["recalled"])
    current.lifted_by, current.lifted_at, current.lift_reason = by, at, reason.strip()
    current.save(update_fields=["lifted_by", "lifted_at", "lift_reason"])
    record(
        "stock.recall.lifted", by=by, at=at, subject=Subject("stock.recall", current.pk), reason=current.lift_reason,
        changes={"lot": (None, lot.code)},
    )  # fmt: skip
    return current


@action
def customer_told(*, recall: Recall, customer: Customer, note: str, by: User, at: datetime) -> RecallTold:
    """Note that a customer who has goods of the lot was told, and what was agreed.

    Raises Invalid without a note, Refused "lifted", "got_none" or "told_before".
    """
    require(by, StockPermission.RECALL_TELL, customer=customer)
    if not note.strip():
        raise Invalid.one("note", "required", _("结果还没填"))
    current = Recall.objects.select_for_update(no_key=True).get(pk=recall.pk)
    if current.lifted_at is not None:
        raise Refused("lifted", _("这次召回已经解除"))
    if not still_with(current).filter(slip__customer=customer).exists():
        raise Refused("got_none", _("这位客户手里没有这一批"))
    if current.told.filter(customer=customer).exists():
        raise Refused("told_before", _("同事已经通知过这位客户"))
    made = RecallTold.objects.create(recall=current, customer=customer, note=note.strip(), by=by, at=at)
    record(
        "stock.recall.told", by=by, at=at, subject=Subject("stock.recall", current.pk), node_id=customer.node_id,
        customer_id=customer.pk, changes={"note": (None, made.note)},
    )  # fmt: skip
    return made
