"""Printing the product list of a day (RPT-008)."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.models import Print
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node, User
from kefu.products.models import Category, ProductList
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import listed_for_print

LIST = "products.list"


@action
def print_list(
    *, day: date, node: Node | None = None, category: Category | None = None, by: User, at: datetime
) -> Print:
    """Print the products on sale with their prices of a day, everywhere or at a place; the same list again is a copy.

    Raises Invalid for a category without products on sale.
    """
    require(by, ProductsPermission.CATALOGUE_VIEW)
    if not listed_for_print(category).exists():
        raise Invalid.one("category", "nothing_there", _("这个分类里没有在售的产品"))
    made, _new = ProductList.objects.get_or_create(node=node, day=day, category=category, defaults={"by": by, "at": at})
    return print_document(code=LIST, subject=Subject(LIST, made.pk), customer_id=None, by=by, at=at)
