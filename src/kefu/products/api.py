"""The catalogue over the API."""

from __future__ import annotations

from ninja import Query, Router

from kefu.foundation.api.paging import Listing, Page, listing
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.responses import RESPONSES
from kefu.foundation.api.rights import needs
from kefu.foundation.api.schemas import Money, Out, Search
from kefu.kernel.ids import ident
from kefu.products.models import Product, TestItem
from kefu.products.permissions import ProductsPermission
from kefu.products.queries import found, orderable_items, sellable_products

router = Router(tags=["directory"])


class CatalogueFilter(Page):
    """Words of the name, its pinyin or initials, or the code."""

    q: Search = ""


class EntryOut(Out):
    """Something that can be ordered, with its price in yuan."""

    id: str
    code: str
    name: str
    price: Money


def show_item(item: TestItem) -> dict[str, object]:
    """A test item as the directory tells it."""
    return {"id": ident("tst", item.pk), "code": item.code, "name": item.label, "price": item.price}


def show_product(product: Product) -> dict[str, object]:
    """A product as the directory tells it."""
    return {"id": ident("prd", product.pk), "code": product.code, "name": product.label, "price": product.price}


@router.get(
    "directory/test-items", response={200: Listing[EntryOut], **RESPONSES}, operation_id="directory_test_items_list"
)
@needs(ProductsPermission.CATALOGUE_VIEW)
def list_test_items(request: ApiRequest, query: Query[CatalogueFilter]) -> dict[str, object]:
    """Test items that can be ordered."""
    return listing(found(orderable_items(), query.q), query, order=("code",), show=show_item)


@router.get(
    "directory/products", response={200: Listing[EntryOut], **RESPONSES}, operation_id="directory_products_list"
)
@needs(ProductsPermission.CATALOGUE_VIEW)
def list_products(request: ApiRequest, query: Query[CatalogueFilter]) -> dict[str, object]:
    """Products that can be bought."""
    return listing(found(sellable_products(), query.q), query, order=("code",), show=show_product)
