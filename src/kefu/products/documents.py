"""The product list as a paper, with prices and barcodes (RPT-008), and who sees the pictures of a product."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import allowed
from kefu.foundation.files.policies import register_policy
from kefu.foundation.printing import documents
from kefu.organisation.models import User
from kefu.products.actions.printing import LIST
from kefu.products.models import Product, ProductList
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import listed_for_print, prices_on
from kefu.products.queries.facts import SUBJECT
from kefu.products.queries.scanning import shown


def product_list(list_id: int) -> dict[str, object]:
    """What the list says: every product on sale with its price of the day and the number on its pack."""
    made = ProductList.objects.select_related("node", "category").get(pk=list_id)
    products = list(listed_for_print(made.category).prefetch_related("barcodes"))
    prices = prices_on(products, made.node_id, made.day)
    return {
        "node": made.node.zh if made.node else "",
        "at": made.day,
        "category": made.category.zh if made.category else _("全部分类"),
        "rows": [(product, prices[product.pk], _number(product)) for product in products],
    }


def _number(product: Product) -> str:
    return next((shown(one.gtin) for one in product.barcodes.all() if one.packs == 1), "")


def _sees(user: User, _subject_id: int) -> bool:
    return allowed(user, ProductsPermission.CATALOGUE_VIEW)


def _keeps(user: User, _subject_id: int) -> bool:
    return allowed(user, ProductsPermission.CATALOGUE_EDIT)


documents.register(LIST, _("产品价目表"), "products/print/list.html", size="A4", context=product_list)
register_policy(LIST, _sees)
register_policy(SUBJECT, _sees, add=_keeps)
