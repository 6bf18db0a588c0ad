"""What the catalogue puts on the pages of others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.setup import register_check
from kefu.foundation.access.checks import allowed
from kefu.foundation.slots.registry import Hit, NavItem, SearchGroup, WorkItem, register, register_work
from kefu.organisation.models import User
from kefu.products.choices import PromotionState, ReportState
from kefu.products.models import Product, TestItem
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import found, portions, promotions_listed, reports_listed
from kefu.products.queries.labels import WITH_SHELVES

SHOWN = 50


def find_entries(_user: User, text: str, limit: int) -> list[Hit]:
    """Products and test items by name, pinyin, initials or code."""
    hits = [
        Hit(one.label, f"{one.code} {one.specification}", reverse("products:product", args=[one.code]))
        for one in found(Product.objects.filter(active=True), text)[:limit]
    ]
    for item in found(TestItem.objects.filter(active=True), text)[: limit - len(hits)]:
        hits.append(Hit(item.label, item.code, reverse("products:item", args=[item.code])))
    return hits


def catalogue_is_there() -> bool:
    """Something to sell and something to test."""
    return Product.objects.exists() and TestItem.objects.exists()


def catalogue_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """For whoever keeps the catalogue: errors that colleagues found (PRD-015), and promotions of others to decide (PRD-013)."""
    if not allowed(user, ProductsPermission.CATALOGUE_EDIT):
        return
    for report in reports_listed(user, {"state": ReportState.OPEN}, at)[:SHOWN]:
        yield WorkItem(
            group="notice", label=_("产品资料报错"), icon="alert-triangle", verb=_("去处理"), started_at=report.at,
            what=f"{report.product.label}：{report.get_fact_display()}", url=reverse("products:settlement", args=[report.pk]),
            why=report.by.name,
        )  # fmt: skip
    for plan in promotions_listed(user, {"state": PromotionState.PLANNED}, at).exclude(by=user)[:SHOWN]:
        yield WorkItem(
            group="notice", label=_("促销方案"), icon="writing", verb=_("去审批"), started_at=plan.at, what=plan.title,
            url=reverse("products:promotion", args=[plan.pk]), why=plan.by.name,
        )  # fmt: skip


def labels_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """For who keeps the shelves of the own centre: categories whose labels nobody looked at today (PRD-013)."""
    node = user.node
    if node.kind not in WITH_SHELVES or not allowed(user, ProductsPermission.LABELS_CHECK, node_id=node.pk):
        return
    left = [one for one in portions(node, timezone.localdate(at)) if one.check is None]
    if left:
        yield WorkItem(
            group="notice", label=_("价签条码"), icon="clipboard-list", verb=_("去检查"), url=f"{reverse('products:labels')}?node={node.code}",
            what=str(_("今天还有 %(categories)s 类没查价签和条码") % {"categories": len(left)}), why=node.label,
        )  # fmt: skip


register_work("products", catalogue_owed)
register_work("products.labels", labels_owed)
register_check("catalogue", _("填产品和检测目录"), "/products/", catalogue_is_there, order=40)
register(
    NavItem("goods", 30, _("产品目录"), "pill", "products:products", ProductsPermission.CATALOGUE_VIEW),
    NavItem("goods", 32, _("价签检查"), "clipboard-list", "products:labels", ProductsPermission.LABELS_VIEW),
    NavItem("goods", 34, _("促销活动"), "writing", "products:promotions", ProductsPermission.CATALOGUE_VIEW),
    NavItem("goods", 40, _("检测项目"), "microscope", "products:items", ProductsPermission.CATALOGUE_VIEW),
    SearchGroup("catalogue", _("产品和检测项目"), 70, ProductsPermission.CATALOGUE_VIEW, find_entries),
)
