"""Rights over the catalogue (Annex 1)."""

from kefu.foundation.access.rules import Needed, Permission, grants


class ProductsPermission(Permission):
    """Reading the catalogue, and changing what it says and costs."""

    CATALOGUE_VIEW = "products:catalogue:view"
    CATALOGUE_EDIT = "products:catalogue:edit"


grants(
    {
        ProductsPermission.CATALOGUE_VIEW: ("product_catalogue", Needed.VIEW),
        ProductsPermission.CATALOGUE_EDIT: ("product_catalogue", Needed.ACT),
    }
)
