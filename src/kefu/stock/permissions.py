"""Rights of the warehouse (Annex 1)."""

from kefu.foundation.access.rules import Needed, Permission, grants


class StockPermission(Permission):
    """Central and branch stock are separate functions; whoever keeps a warehouse may also override the proposed lot."""

    BRANCH_VIEW = "stock:branch:view"
    BRANCH_KEEP = "stock:branch:keep"
    CENTRAL_VIEW = "stock:central:view"
    CENTRAL_KEEP = "stock:central:keep"
    WAREHOUSE_OPEN = "stock:warehouse:open"


grants(
    {
        StockPermission.BRANCH_VIEW: ("stock_branch", Needed.VIEW),
        StockPermission.BRANCH_KEEP: ("stock_branch", Needed.ACT),
        StockPermission.CENTRAL_VIEW: ("stock_central", Needed.VIEW),
        StockPermission.CENTRAL_KEEP: ("stock_central", Needed.ACT),
        StockPermission.WAREHOUSE_OPEN: ("configuration", Needed.ACT),
    }
)
