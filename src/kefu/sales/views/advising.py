"""The page an agent has open with a customer on the line (PRD-006, PRD-014)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from kefu.foundation.access.checks import allowed
from kefu.foundation.access.decorators import needs
from kefu.foundation.access.requests import StaffRequest
from kefu.foundation.ui.http import page
from kefu.kernel.errors import Invalid
from kefu.organisation.models import Node
from kefu.products.models import Product
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import packing_of, product_by_scan, sellable_products
from kefu.sales import advising
from kefu.stock.permissions import StockPermission

DIGITS = frozenset((8, 12, 13, 14))


@needs(ProductsPermission.CATALOGUE_VIEW)
@require_GET
def desk(request: StaffRequest) -> HttpResponse:
    """Products found by what they are, with today's price at a centre; one of them in full, with what to offer instead."""
    node = advising.centre_of(request.user, request.GET.get("node", ""))
    if node is None:
        if request.GET.get("node"):
            raise Http404
        return page(request, "sales/advising.html", {"node": None})
    text = request.GET.get("q", "").strip()[:100]
    products, hint = _found(text)
    context = {
        "node": node,
        "nodes": advising.centres(),
        "q": text,
        "hint": hint,
        "rows": advising.told(products, node, request.at),
        "most": advising.MOST,
        "may_count": allowed(request.user, StockPermission.BRANCH_VIEW, node_id=node.pk),
    }
    chosen = request.GET.get("product", "") or (products[0].code if len(products) == 1 else "")
    return page(request, "sales/advising.html", context | _chosen(request, chosen, node), partial="rows")


def _found(text: str) -> tuple[list[Product], str]:
    """By words, or by the number of a pack that was scanned; then with what is wrong with the scan."""
    if not (text.isascii() and text.isdigit() and len(text) in DIGITS):
        return advising.advised(text), ""
    try:
        product, _scan = product_by_scan(text)
    except Invalid as error:
        return [], str(error)
    on_sale = sellable_products().filter(pk=product.pk).first()
    return ([on_sale], "") if on_sale else ([], _("%(product)s 现在不卖") % {"product": product.label})


def _chosen(request: StaffRequest, code: str, node: Node) -> dict[str, object]:
    if not code:
        return {"chosen": None}
    product = get_object_or_404(sellable_products(), code=code)
    (wanted,) = advising.told([product], node, request.at)
    equal, cheaper = advising.instead_of(wanted, node, request.at)
    return {"chosen": wanted, "equal": equal, "cheaper": cheaper, "packing": packing_of(product)}
