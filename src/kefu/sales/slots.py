"""What purchases add to the pages of others."""

from __future__ import annotations

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
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.audit.trail import record_read
from kefu.foundation.slots.registry import (
    CustomerTab,
    Hit,
    NavItem,
    ProductPanel,
    SearchGroup,
    register,
    register_demand,
)
from kefu.organisation.models import User
from kefu.products.permissions import ProductsPermission
from kefu.sales.models import Purchase
from kefu.sales.permissions import SalesPermission
from kefu.sales.preferring import liked, preferences_panel, unite_preferences
from kefu.sales.queries import open_demand, total_of

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


contribute("sales.Purchase", "customer", _("购买"), erase=scrub("signed_by", "ended_reason", keep=("number",)))
contribute("sales.PurchaseLine", "purchase__customer", _("购买明细"), erase=scrub())
service("sales.Purchase", "customer", "prescribed_at")
contribute(
    "sales.Shipment",
    "purchase__customer",
    _("产品发货"),
    erase=scrub("carrier", "waybill", "returned_reason", keep=("packing",)),
)
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
name_kind("sales.purchase", _("产品"))
