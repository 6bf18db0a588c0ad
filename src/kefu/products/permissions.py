"""Rights over the catalogue (Annex 1)."""

from kefu.foundation.access.rules import Needed, Permission, grants


class ProductsPermission(Permission):
    """Reading the catalogue, changing what it says and costs, and looking after the labels on the shelves of a centre."""

    CATALOGUE_VIEW = "products:catalogue:view"
    CATALOGUE_EDIT = "products:catalogue:edit"
    LABELS_VIEW = "products:labels:view"
    LABELS_CHECK = "products:labels:check"


# Who keeps the goods of a centre looks after their labels.
grants(
    {
        ProductsPermission.CATALOGUE_VIEW: ("product_catalogue", Needed.VIEW),
        ProductsPermission.CATALOGUE_EDIT: ("product_catalogue", Needed.ACT),
        ProductsPermission.LABELS_VIEW: ("stock_branch", Needed.VIEW),
        ProductsPermission.LABELS_CHECK: ("stock_branch", Needed.ACT),
    }
)
