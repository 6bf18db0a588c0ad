"""What the catalogue puts on the pages of others."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.administration.setup import register_check
from kefu.foundation.slots.registry import Hit, NavItem, SearchGroup, register
from kefu.organisation.models import User
from kefu.products.models import Product, TestItem
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import found


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


register_check("catalogue", _("填产品和检测目录"), "/products/", catalogue_is_there, order=40)
register(
    NavItem("goods", 30, _("产品目录"), "pill", "products:products", ProductsPermission.CATALOGUE_VIEW),
    NavItem("goods", 40, _("检测项目"), "microscope", "products:items", ProductsPermission.CATALOGUE_VIEW),
    SearchGroup("catalogue", _("产品和检测项目"), 70, ProductsPermission.CATALOGUE_VIEW, find_entries),
)
