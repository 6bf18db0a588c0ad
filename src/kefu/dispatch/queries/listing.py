"""Runs, short items, goods brought back and wishes, as their pages and spreadsheets list them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet, Sum

from kefu.customers.scopes import in_use
from kefu.dispatch.choices import BACK_OPEN, BackState, RunState, Side, WishState
from kefu.dispatch.models import Back, Run, RunLine, ShortItem, Wish
from kefu.foundation.access.queries import colleagues_with
from kefu.organisation.models import User
from kefu.sales.models import Shipment
from kefu.stock.models import IssueLine, Warehouse

RUN, SHORT, BACK, WISH, DAY = "dispatch.run", "dispatch.short", "dispatch.back", "dispatch.wish", "dispatch.day"


def department(warehouse: Warehouse) -> list[User]:
    """Who is told what concerns the dispatch of a warehouse: its dispatch department, or while there is none its keeper."""
    found: Iterable[User] = colleagues_with("dispatch_department", warehouse.node_id)
    return list(found) or ([warehouse.keeper] if warehouse.keeper else [])


def runs_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Run]:
    """The runs within reach, newest first: by state, warehouse code, and the beginning of number or plate (`q`)."""
    rows = Run.objects.visible_to(user).select_related("warehouse__node", "by", "departed_by", "cancelled_by")
    if (state := asked.get("state", "")) in RunState.values:
        rows = rows.filter(state=state)
    if code := asked.get("warehouse", ""):
        rows = rows.filter(warehouse__code=code)
    if text := asked.get("q", "").strip():
        rows = rows.filter(Q(number__istartswith=text) | Q(plate__istartswith=text))
    return rows.annotate(orders=Count("lines"), packs=Sum("lines__packs")).order_by("-id")


def lines_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[RunLine]:
    """The orders on a run (`run`: its number), one line each."""
    mine = Run.objects.visible_to(user).filter(number=asked.get("run", ""))
    rows = RunLine.objects.filter(in_use(user, "purchase__customer__"), run__in=mine)
    return rows.select_related("run__warehouse", "purchase__customer").order_by("pk")


def short_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[ShortItem]:
    """Short items within reach, the oldest first: those still owed, or all (`all`), of an order (`q`: its number)."""
    rows = ShortItem.objects.visible_to(user).filter(in_use(user, "line__purchase__customer__"))
    if not asked.get("all"):
        rows = rows.owed()
    if text := asked.get("q", "").strip():
        rows = rows.filter(line__purchase__number__istartswith=text)
    return rows.select_related("line__run__warehouse", "line__purchase__customer", "purchase_line__product", "by").order_by("id")  # fmt: skip


def backs_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Back]:
    """Goods that carriers bring back, newest first: by state (`open`: all that are not done) and beginning of number or waybill (`q`)."""
    rows = Back.objects.visible_to(user).filter(in_use(user, "purchase__customer__"))
    state = asked.get("state", "")
    if state == "open":
        rows = rows.filter(state__in=BACK_OPEN)
    elif state in BackState.values:
        rows = rows.filter(state=state)
    if text := asked.get("q", "").strip():
        rows = rows.filter(Q(number__istartswith=text) | Q(waybill__istartswith=text))
    return rows.select_related("warehouse__node", "warehouse__keeper", "purchase__customer", "by", "collected_by", "ended_by").order_by("-id")  # fmt: skip


def returnable(back: Back) -> QuerySet[IssueLine]:
    """Lines that the return may book in."""
    return still_out(back.warehouse_id, back.purchase_id)


def still_out(warehouse_id: int, purchase_id: int | None) -> QuerySet[IssueLine]:
    """Lines of the issue slips of the order's parcels from this warehouse of which packs are still with the carrier or the customer."""
    parcels = Shipment.objects.filter(purchase=purchase_id, returned_at__isnull=True)
    rows = IssueLine.objects.filter(
        slip__in=parcels.values("slip"), slip__warehouse=warehouse_id, returned__lt=F("packs")
    )
    return rows.select_related("slip", "lot__product").order_by("slip", "pk")


def wishes_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Wish]:
    """Shipping wishes within reach, newest first, of one state; `unread` counts what the department has not read."""
    rows = Wish.objects.visible_to(user)
    if (state := asked.get("state", "")) in WishState.values:
        rows = rows.filter(state=state)
    unread = Count("notes", filter=Q(notes__side=Side.CUSTOMER, notes__reading__isnull=True))
    named = ("purchase__customer__node", "warehouse__node", "warehouse__keeper", "by")
    return rows.select_related(*named).annotate(unread=unread).order_by("-id")
