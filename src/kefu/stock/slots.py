"""What the warehouse puts on the pages of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.customers.erasing import scrub
from kefu.customers.merging import repoint
from kefu.customers.subject_data import contribute
from kefu.foundation.access.checks import allowed
from kefu.foundation.slots.registry import Hit, NavItem, SearchGroup, WorkItem, register, register_work
from kefu.organisation.models import User
from kefu.stock.models import IssueSlip, Lot, Warehouse
from kefu.stock.permissions import StockPermission
from kefu.stock.queries import (
    breaches_to_settle,
    customers_to_tell,
    destructions_owed,
    slow_lots,
    to_destroy,
    unread_zones,
)

SHOWN = 100


def find_slips(user: User, text: str, limit: int) -> list[Hit]:
    """Issue slips by number, lots by code, within the warehouses the person sees."""
    warehouses = Warehouse.objects.visible_to(user)
    slips = IssueSlip.objects.filter(warehouse__in=warehouses, number__istartswith=text).select_related("warehouse")
    hits = [
        Hit(s.number, s.warehouse.label, reverse("stock:issue", args=[s.pk])) for s in slips.order_by("-pk")[:limit]
    ]
    lots = Lot.objects.filter(balances__warehouse__in=warehouses, code__istartswith=text).select_related("product")
    for lot in lots.distinct().order_by("code", "pk")[: limit - len(hits)]:
        hits.append(Hit(lot.code, lot.product.label, reverse("stock:product", args=[lot.product.code])))
    return hits


def lots_to_look_after(user: User, at: datetime) -> Iterable[WorkItem]:
    """For the keeper of a warehouse: lots near their end that will not be sold in time (STK-014)."""
    for warehouse in Warehouse.objects.filter(keeper=user, active=True):
        slow = slow_lots(warehouse, at)
        urgent = sum(one.band == "urgent" for one in slow)
        if slow:
            yield WorkItem(
                group="notice", label=_("库存效期"), icon="hourglass", verb=_("去处理"),
                what=str(_("%(lots)s 批快到期卖不完，其中 %(urgent)s 批很急") % {"lots": len(slow), "urgent": urgent}),
                url=f"{reverse('stock:slow')}?warehouse={warehouse.code}", why=warehouse.label,
            )  # fmt: skip


def customers_of_recalls(user: User, _at: datetime) -> Iterable[WorkItem]:
    """For a health manager: own customers who have goods of a recalled lot and were not told yet."""
    for one in customers_to_tell(user, SHOWN):
        yield WorkItem(
            group="notice", label=_("批次召回"), icon="alert-triangle", verb=_("去通知"), started_at=one.since,
            what=str(_("批号 %(lot)s 已召回，请通知客户") % {"lot": one.lot}), url=reverse("stock:recall", args=[one.recall_id]),
            customer_id=one.customer_id, customer_name=one.customer_name,
        )  # fmt: skip


def climate_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """For the keeper: zones not read yet in this half of the day, breaches and held goods that wait (STK-008)."""
    if not allowed(user, StockPermission.CLIMATE_LOG):
        return
    unread = list(unread_zones(user, at))
    if unread:
        yield WorkItem(
            group="notice", label=_("温湿度"), icon="clipboard-list", verb=_("去记录"), url=f"{reverse('stock:climate')}?warehouse={unread[0].warehouse.code}",
            what=str(_("还有 %(zones)s 个库区这半天没记温湿度") % {"zones": len(unread)}), why=unread[0].warehouse.label,
        )  # fmt: skip
    for breach in breaches_to_settle(user)[:SHOWN]:
        yield WorkItem(
            group="notice", label=_("温湿度异常"), icon="alert-triangle", verb=_("去处理"), url=reverse("stock:breach", args=[breach.pk]),
            what=f"{breach.zone.code} {breach.get_matter_display()}", why=breach.zone.warehouse.label, started_at=breach.opened_at,
        )  # fmt: skip


def destructions_wanted(user: User, at: datetime) -> Iterable[WorkItem]:
    """For the keeper: goods nobody asked to destroy yet; for each whose hand comes next: the requests that wait for it (STK-011)."""
    if not allowed(user, StockPermission.DESTRUCTION_VIEW):
        return
    if lots := to_destroy(at).filter(warehouse__keeper=user).count():
        yield WorkItem(
            group="notice", label=_("待销毁"), icon="alert-triangle", verb=_("申请销毁"), url=reverse("stock:destruction_candidates"),
            what=str(_("%(lots)s 批货要申请销毁") % {"lots": lots}),
        )  # fmt: skip
    for one in destructions_owed(user)[:SHOWN]:
        yield WorkItem(
            group="notice", label=_("销毁"), icon="clipboard-list", verb=_("去处理"), url=reverse("stock:destruction", args=[one.pk]),
            what=f"{one.number} {one.held.product.label} {one.held.lot.code} × {one.counted}", why=str(one.status.word), started_at=one.since,
        )  # fmt: skip


contribute("stock.RecallTold", "customer", _("召回通知"), erase=scrub("note"))
contribute("stock.IssueSlip", "customer", _("出库单"), erase=scrub("purpose", keep=("number", "subject_kind")))
contribute("stock.IssueLine", "slip__customer", _("出库明细"), erase=scrub("reason"))
register(
    NavItem("goods", 20, _("库存"), "building-warehouse", "stock:list", StockPermission.BRANCH_VIEW, "k"),
    NavItem("goods", 25, _("总库房"), "building-warehouse", "stock:central", StockPermission.CENTRAL_VIEW),
    NavItem("goods", 28, _("温湿度"), "hourglass", "stock:climate", StockPermission.CLIMATE_VIEW),
    NavItem("goods", 26, _("盘点"), "list-check", "stock:stocktakes", StockPermission.STOCKTAKE_VIEW),
    NavItem("goods", 27, _("销毁"), "alert-triangle", "stock:destructions", StockPermission.DESTRUCTION_VIEW),
    NavItem("goods", 29, _("库房指标"), "chart-bar", "stock:measures", StockPermission.STOCKTAKE_VIEW),
    NavItem("goods", 30, _("批次召回"), "alert-triangle", "stock:recalls", StockPermission.BRANCH_VIEW),
    NavItem("management", 45, _("库房设置"), "box", "stock:warehouses", StockPermission.WAREHOUSE_OPEN),
    SearchGroup("stock", _("出库单和批号"), 80, StockPermission.BRANCH_VIEW, find_slips),
)
register_work("stock", lots_to_look_after)
register_work("stock.climate", climate_owed)
register_work("stock.destructions", destructions_wanted)
register_work("stock.recalls", customers_of_recalls)
repoint("stock.RecallTold", "customer", _("召回通知"))
repoint("stock.IssueSlip", "customer", _("出库单"))
