"""What purchases add to the pages of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import cast

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.billing.kinds import name_kind
from kefu.customers.erasing import REMOVE, scrub, service
from kefu.customers.merging import combine, repoint
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.subject_data import contribute
from kefu.foundation.access.checks import allowed
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import record_read
from kefu.foundation.slots.registry import (
    CustomerTab,
    Hit,
    NavItem,
    ProductPanel,
    SearchGroup,
    WorkItem,
    register,
    register_demand,
    register_work,
)
from kefu.organisation.models import User
from kefu.products.permissions import ProductsPermission
from kefu.sales.demand import open_demand
from kefu.sales.models import Purchase
from kefu.sales.permissions import SalesPermission
from kefu.sales.preferring import liked, preferences_panel, unite_preferences
from kefu.sales.queries import short_of, total_of

SHOWN = 100


def purchases_panel(request: StaffRequest, customer: object) -> HttpResponse:
    """The tab 购买: every purchase with its products, amounts and days of supply."""
    person, user = cast(Customer, customer), request.user
    record_read("sales.purchases.read", by=user, at=request.at, customer_id=person.pk, node_id=person.node_id)
    rows = (
        Purchase.objects.filter(customer=person)
        .select_related("doctor")
        .prefetch_related("lines__product")
        .order_by("-pk")[:SHOWN]
    )
    return render(
        request, "sales/panel.html", {"purchases": [(row, total_of(row)) for row in rows], "customer": person}
    )


def find(user: User, text: str, limit: int) -> list[Hit]:
    """Purchases by number."""
    rows = (
        Purchase.objects.visible_to(user)
        .filter(number__istartswith=text.strip())
        .select_related("customer")
        .order_by("-pk")
    )
    return [Hit(row.number, row.customer.name, reverse("sales:purchase", args=[row.pk])) for row in rows[:limit]]


def short_purchases(user: User, _at: datetime) -> Iterable[WorkItem]:
    """For the health manager: signed purchases of own customers with goods that are not there (STK-005, PRD-005)."""
    if not allowed(user, SalesPermission.ENTER):
        return
    for one in short_of(Purchase.objects.filter(customer__health_manager=user))[:SHOWN]:
        yield WorkItem(
            group="sales", label=_("缺货"), icon="box", verb=_("去处理"), what=str(_("购买单 %(number)s 有货没预留到") % {"number": one.number}),
            url=reverse("sales:purchase", args=[one.pk]), started_at=one.signed_at, customer_id=one.customer_id, customer_name=one.customer.name,
        )  # fmt: skip


contribute("sales.Purchase", "customer", _("购买"), erase=scrub("signed_by", "ended_reason", keep=("number",)))
contribute("sales.PurchaseLine", "purchase__customer", _("购买明细"), erase=scrub())
service("sales.Purchase", "customer", "prescribed_at")
contribute(
    "sales.Shipment",
    "purchase__customer",
    _("产品发货"),
    erase=scrub("carrier", "waybill", "collected_by", "returned_reason", keep=("packing",)),
)
contribute("sales.Reversal", "purchase__customer", _("冲红单"), erase=scrub("reason", keep=("number",)))
contribute("sales.ReversalLine", "reversal__purchase__customer", _("冲红明细"), erase=scrub())
contribute("sales.Settlement", "purchase__customer", _("现金结算单"), erase=scrub(keep=("number",)))
contribute("sales.Shortage", "line__purchase__customer", _("欠发"), erase=scrub())
contribute("sales.Preference", "customer", _("喜好"), erase=REMOVE)
register(
    CustomerTab("purchases", _("购买"), 40, SalesPermission.VIEW, purchases_panel),
    CustomerTab("preferences", _("喜好"), 42, CustomerPermission.ARCHIVE_VIEW, preferences_panel),
    ProductPanel("preferences", 10, ProductsPermission.CATALOGUE_VIEW, "sales/liked.html", liked),
    SearchGroup("purchases", _("购买单"), 40, SalesPermission.VIEW, find),
    NavItem("goods", 5, _("产品咨询"), "search", "sales:desk", ProductsPermission.CATALOGUE_VIEW),
    NavItem("goods", 10, _("销售与发货"), "truck-delivery", "sales:purchases", SalesPermission.VIEW, "x"),
)
register_demand("sales", open_demand)
combine("sales.Preference", "customer", unite_preferences, _("喜好"))
repoint("sales.Purchase", "customer", _("购买单"))
register_work("sales.short", short_purchases)
name_kind("sales.purchase", _("产品"))
