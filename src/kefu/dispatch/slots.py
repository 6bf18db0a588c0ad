"""What the dispatch registers put on the pages of others: navigation, search, and what each person owes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.customers.erasing import Keep, erases, scrub
from kefu.customers.scopes import customer_scope, in_use
from kefu.customers.subject_data import contribute, leave_out
from kefu.dispatch.choices import BackState, SheetState, WishState
from kefu.dispatch.models import Back, Run, ShortItem, SlipSheet, Wish
from kefu.dispatch.permissions import DispatchPermission
from kefu.dispatch.queries import days_unchecked
from kefu.foundation.access.queries import scope
from kefu.foundation.slots.registry import Hit, NavItem, SearchGroup, WorkItem, register, register_work
from kefu.organisation.models import User
from kefu.sales.permissions import SalesPermission
from kefu.stock.permissions import StockPermission

SHOWN = 50


def backs_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """For the dispatch department goods to collect, for the keeper those to book in (STK-024)."""
    node = "warehouse__node_id"
    keeps = Q(warehouse__central=True) & scope(user, StockPermission.CENTRAL_KEEP, node=node) | Q(
        warehouse__central=False
    ) & scope(user, StockPermission.BRANCH_KEEP, node=node)
    collects = Q(state=BackState.WAITING) & scope(user, DispatchPermission.REGISTER, node=node)
    mine = Back.objects.filter(in_use(user, "purchase__customer__"))
    rows = mine.filter(collects | Q(state=BackState.COLLECTED) & keeps).select_related("warehouse")
    for one in rows.order_by("collect_by", "pk")[:SHOWN]:
        waits = one.state == BackState.WAITING
        yield WorkItem(
            group="notice", label=_("货运退回待取") if waits else _("货运退回待入库"), icon="truck-delivery", verb=_("去取货") if waits else _("去点收"),
            what=f"{one.number} {one.by_whom} {one.pickup_address}", url=reverse("dispatch:back", args=[one.pk]), due_at=_end_of(one.collect_by), started_at=one.at,
            why=one.warehouse.label,
        )  # fmt: skip


def wishes_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """For the department wishes to answer, for who sells to the customer answers to pass on (STK-025)."""
    answers = Q(state=WishState.OPEN) & scope(user, DispatchPermission.REGISTER, node="warehouse__node_id")
    passes = Q(state=WishState.ANSWERED) & customer_scope(user, SalesPermission.ENTER, "purchase__customer__")
    used = Wish.objects.filter(in_use(user, "purchase__customer__"))
    rows = used.filter(answers | passes).select_related("purchase__customer", "warehouse")
    for one in rows.order_by("answer_by", "pk")[:SHOWN]:
        open_ = one.state == WishState.OPEN
        yield WorkItem(
            group="notice", label=_("发货要求待回复") if open_ else _("发货回复待转告"), icon="inbox", verb=_("去回复") if open_ else _("去转告"),
            what=one.purchase.number, url=reverse("dispatch:wish", args=[one.pk]), due_at=one.answer_by if open_ else None,
            started_at=one.at, why=one.warehouse.label, customer_id=one.purchase.customer_id, customer_name=one.purchase.customer.name,
        )  # fmt: skip


def short_owed(user: User, _at: datetime) -> Iterable[WorkItem]:
    """For the dispatch department: packs of orders that did not go along and are still owed (STK-023)."""
    mine = ShortItem.objects.visible_to(user, DispatchPermission.REGISTER).owed()
    rows = mine.filter(in_use(user, "line__purchase__customer__")).select_related(
        "line__run", "line__purchase__customer", "purchase_line__product"
    )
    for one in rows.order_by("pk")[:SHOWN]:
        yield WorkItem(
            group="notice", label=_("差件待补"), icon="alert-triangle", verb=_("去补"), url=f"{reverse('dispatch:short')}?q={one.line.purchase.number}",
            what=f"{one.line.purchase.number} {one.purchase_line.product.label} × {one.open}", started_at=one.at,
            customer_id=one.line.purchase.customer_id, customer_name=one.line.purchase.customer.name,
        )  # fmt: skip


def sheets_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """Days whose slips nobody has checked, and checks that are not posted, for whoever has not checked on them; due the day after (STK-021)."""
    for warehouse, day in days_unchecked(user, at)[:SHOWN]:
        yield WorkItem(
            group="notice", label=_("出库单待核对"), icon="clipboard-check", verb=_("去核对"), what=f"{day:%Y-%m-%d} {warehouse.label}",
            url=reverse("dispatch:sheets"), due_at=_end_of(day + timedelta(days=1)), why=warehouse.label,
        )  # fmt: skip
    mine = SlipSheet.objects.visible_to(user, DispatchPermission.REGISTER).filter(state=SheetState.OPEN)
    undone = mine.filter(Q(lines__result="") | Q(lines__result="differs", lines__settled_by__isnull=True)).values("pk")
    own = mine.filter(Q(by=user) | Q(lines__checked_by=user)).values("pk")
    rows = mine.filter(Q(pk__in=undone) | ~Q(pk__in=own)).select_related("warehouse").prefetch_related("lines")
    for one in rows.order_by("day", "pk")[:SHOWN]:
        left = any(not line.done for line in one.lines.all())
        yield WorkItem(
            group="notice", label=_("出库单没核对完") if left else _("出库核对待复核"), icon="clipboard-check", why=one.warehouse.label,
            verb=_("去核对") if left else _("去复核"), what=f"{one.number} {one.day:%Y-%m-%d}", url=reverse("dispatch:sheet", args=[one.pk]),
            due_at=_end_of(one.day + timedelta(days=1)), started_at=one.at,
        )  # fmt: skip


def _end_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time())) + timedelta(days=1)


def find_runs(user: User, text: str, limit: int) -> list[Hit]:
    """Runs and goods brought back by the beginning of their numbers, of plate or waybill."""
    runs = Run.objects.visible_to(user).filter(Q(number__istartswith=text) | Q(plate__istartswith=text)).order_by("-pk")
    hits = [Hit(one.number, one.by_what, reverse("dispatch:run", args=[one.pk])) for one in runs[:limit]]
    backs = Back.objects.visible_to(user).filter(Q(number__istartswith=text) | Q(waybill__istartswith=text))
    more = [
        Hit(one.number, one.by_whom, reverse("dispatch:back", args=[one.pk])) for one in backs.order_by("-pk")[:limit]
    ]
    return [*hits, *more][:limit]


contribute("dispatch.RunLine", "purchase__customer", _("装车发货"), erase=scrub())
contribute("dispatch.ShortItem", "line__purchase__customer", _("差件"), erase=scrub("note"))
contribute("dispatch.ShortSupply", "item__line__purchase__customer", _("补件"), erase=scrub("how"))
contribute(
    "dispatch.Back",
    "purchase__customer",
    _("货运退回"),
    erase=scrub("goods", "reason", "pickup_address", "waybill", "phone", keep=("number", "company", "plate")),
)
contribute("dispatch.BackLine", "back__purchase__customer", _("货运退回明细"), erase=scrub())
contribute("dispatch.Wish", "purchase__customer", _("发货要求"), erase=scrub())
contribute("dispatch.WishNote", "wish__purchase__customer", _("发货要求的往来"), erase=scrub("text"))
contribute("dispatch.WishReading", "note__wish__purchase__customer", _("发货要求的阅读"), erase=scrub())
contribute("dispatch.SlipLine", "slip__customer", _("出库核对明细"), erase=scrub("note", "reason"))
WHY = "that a message was about a coach; its words are the message's"
leave_out("dispatch.RunTold", WHY)
erases("dispatch.RunTold", "line__purchase__customer", Keep(WHY))
register(
    NavItem("goods", 26, _("发车登记"), "truck-delivery", "dispatch:runs", DispatchPermission.VIEW),
    NavItem("goods", 26, _("发货日报"), "clipboard-list", "dispatch:day", DispatchPermission.VIEW),
    NavItem("goods", 26, _("货运退回"), "package", "dispatch:backs", DispatchPermission.VIEW),
    NavItem("goods", 27, _("出库核对"), "clipboard-check", "dispatch:sheets", DispatchPermission.VIEW),
    NavItem("goods", 27, _("上架数量"), "list-check", "dispatch:listing", DispatchPermission.VIEW),
    NavItem("goods", 27, _("发货要求"), "inbox", "dispatch:wishes", SalesPermission.ENTER),
    SearchGroup("dispatch", _("发车单和退货单"), 84, DispatchPermission.VIEW, find_runs),
)
register_work("dispatch.backs", backs_owed)
register_work("dispatch.wishes", wishes_owed)
register_work("dispatch.short", short_owed)
register_work("dispatch.sheets", sheets_owed)
