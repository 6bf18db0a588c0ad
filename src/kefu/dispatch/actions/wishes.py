"""Customers' shipping wishes and the department's replies, passed both ways (STK-025)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.holding import hold
from kefu.dispatch.checks import words_of
from kefu.dispatch.choices import Side, WishState
from kefu.dispatch.limits import WISH_HOURS
from kefu.dispatch.models import Wish, WishNote, WishReading
from kefu.dispatch.permissions import DispatchPermission
from kefu.dispatch.queries import WISH, department
from kefu.dispatch.sentences import ANSWERED, WISHED
from kefu.foundation.access.checks import allowed, require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.notices.actions import tell
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.sales.choices import PurchaseState
from kefu.sales.models import Purchase
from kefu.sales.permissions import SalesPermission
from kefu.stock.queries import warehouse_for

LONGEST = 500
ENDED = (PurchaseState.CANCELLED, PurchaseState.RETURNED)


@action
def ask_wish(*, purchase: Purchase, text: str, by: User, at: datetime, wanted_on: date | None = None) -> Wish:
    """Pass on what the customer wishes for the shipping; the dispatch department has some hours to reply.

    Raises Invalid for no words or a day that is over, Refused "purchase_state" for an order that is given up, "no_warehouse".
    """
    _require_selling(by, purchase)
    words = words_of(text, "text", LONGEST)
    if wanted_on is not None and wanted_on < timezone.localdate(at):
        raise Invalid.one("wanted_on", "over", _("希望到货的日子已经过了"))
    hold(purchase.customer_id)
    purchase.refresh_from_db(fields=["state"])
    if purchase.state in ENDED:
        raise Refused("purchase_state", _("这张购买单已经结束，不用再发货。"))
    warehouse = warehouse_for(purchase.customer.node_id)
    if warehouse is None:
        raise Refused("no_warehouse", _("这个中心还没有库房，请先设置。"))
    due = at + timedelta(hours=WISH_HOURS.on(at, node_id=warehouse.node_id))
    wish = Wish.objects.create(purchase=purchase, warehouse=warehouse, wanted_on=wanted_on, answer_by=due, by=by, at=at)
    _say(wish, Side.CUSTOMER, words, by, at)
    return wish


@action
def say_more(*, wish: Wish, text: str, by: User, at: datetime) -> Wish:
    """The customer says something more: the department has to reply again. What it had said counts as read. Raises Invalid without words."""
    _require_selling(by, wish.purchase)
    words, current = words_of(text, "text", LONGEST), _held(wish)
    current.state = WishState.OPEN
    current.answer_by = at + timedelta(hours=WISH_HOURS.on(at, node_id=current.warehouse.node_id))
    current.save(update_fields=["state", "answer_by"])
    _read(current, Side.DEPARTMENT, by, at)
    _say(current, Side.CUSTOMER, words, by, at)
    return current


@action
def reply(*, wish: Wish, text: str, by: User, at: datetime) -> Wish:
    """The dispatch department replies; who sells to the customer has to pass it on. Raises Invalid without words."""
    require(by, DispatchPermission.REGISTER, node_id=wish.warehouse.node_id)
    words, current = words_of(text, "text", LONGEST), _held(wish)
    current.state = WishState.ANSWERED
    current.save(update_fields=["state"])
    _read(current, Side.CUSTOMER, by, at)
    _say(current, Side.DEPARTMENT, words, by, at)
    return current


@action
def pass_on(*, wish: Wish, by: User, at: datetime) -> Wish:
    """The customer was told the reply. Raises Refused "not_answered"."""
    _require_selling(by, wish.purchase)
    current = _held(wish)
    if current.state != WishState.ANSWERED:
        raise Refused("not_answered", _("发货部还没有回复，或者已经告诉过客户"))
    current.state = WishState.TOLD
    current.save(update_fields=["state"])
    _read(current, Side.DEPARTMENT, by, at)
    _noted("dispatch.wish.passed_on", current, by, at, {"state": (WishState.ANSWERED, current.state)})
    return current


@action
def read_notes(*, wish: Wish, by: User, at: datetime) -> None:
    """Mark what the other side said as read. Raises Forbidden for who belongs to neither side."""
    mine = allowed(by, DispatchPermission.REGISTER, node_id=wish.warehouse.node_id)
    if not mine:
        _require_selling(by, wish.purchase)
    current = _held(wish)
    count = _read(current, Side.CUSTOMER if mine else Side.DEPARTMENT, by, at)
    if not count:
        return nothing_changed()
    _noted("dispatch.wish.read", current, by, at, {"notes": (0, count)})
    return None


def _require_selling(by: User, purchase: Purchase) -> None:
    require(by, SalesPermission.ENTER, customer=purchase.customer)


@within_action
def _held(wish: Wish) -> Wish:
    hold(wish.purchase.customer_id)
    rows = Wish.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("warehouse__keeper", "purchase__customer__health_manager", "by").get(pk=wish.pk)


def _read(wish: Wish, side: Side, by: User, at: datetime) -> int:
    unread = list(wish.notes.filter(side=side, reading=None))
    WishReading.objects.bulk_create(WishReading(note=note, by=by, at=at) for note in unread)
    return len(unread)


def _say(wish: Wish, side: Side, words: str, by: User, at: datetime) -> None:
    WishNote.objects.create(wish=wish, side=side, text=words, by=by, at=at)
    _noted(f"dispatch.wish.{side}", wish, by, at, {"state": (None, str(wish.state)), "order": (None, wish.purchase.number)})  # fmt: skip
    manager = wish.purchase.customer.health_manager
    users = department(wish.warehouse) if side == Side.CUSTOMER else [wish.by, *([manager] if manager else [])]
    text = (WISHED if side == Side.CUSTOMER else ANSWERED)(number=wish.purchase.number)
    link = reverse("dispatch:wish", args=[wish.pk])
    tell(users=[one for one in users if one != by], code="dispatch.wish", text=text, link=link, customer_id=wish.purchase.customer_id, at=at)  # fmt: skip


def _noted(code: str, wish: Wish, by: User, at: datetime, changes: dict[str, tuple[object, object]]) -> None:
    record(
        code, by=by, at=at, subject=Subject(WISH, wish.pk), node_id=wish.warehouse.node_id,
        customer_id=wish.purchase.customer_id, changes=changes,
    )  # fmt: skip
