"""Rights of the warehouse (Annex 1)."""

from kefu.foundation.access.rules import Needed, Permission, grants


class StockPermission(Permission):
    """Central and branch stock are separate functions; whoever keeps a warehouse may also override the proposed lot."""

    BRANCH_VIEW = "stock:branch:view"
    BRANCH_KEEP = "stock:branch:keep"
    CENTRAL_VIEW = "stock:central:view"
    CENTRAL_KEEP = "stock:central:keep"
    WAREHOUSE_OPEN = "stock:warehouse:open"
    LOT_RECALL = "stock:lot:recall"
    RECALL_LIFT = "stock:recall:lift"
    RECALL_TELL = "stock:recall:tell"
    STOCKTAKE_VIEW = "stock:stocktake:view"
    STOCKTAKE_COUNT = "stock:stocktake:count"
    STOCKTAKE_APPROVE = "stock:stocktake:approve"
    CLIMATE_VIEW = "stock:climate:view"
    CLIMATE_LOG = "stock:climate:log"
    CLIMATE_DECIDE = "stock:climate:decide"
    DESTRUCTION_VIEW = "stock:destruction:view"
    DESTRUCTION_REQUEST = "stock:destruction:request"
    DESTRUCTION_VERIFY = "stock:destruction:verify"
    DESTRUCTION_APPROVE = "stock:destruction:approve"


# Who lets goods in together calls them back: the product department and the central keeper; the product department alone lifts it.
# Whoever may reach a customer may tell of it. Keepers count; the director of the branch or the product department approves. Who may ask for destruction decides about goods held for their climate.
# Keepers ask for destruction and carry it out, the product department alone verifies the quantity, leadership approves.
grants(
    {
        StockPermission.BRANCH_VIEW: ("stock_branch", Needed.VIEW),
        StockPermission.BRANCH_KEEP: ("stock_branch", Needed.ACT),
        StockPermission.CENTRAL_VIEW: ("stock_central", Needed.VIEW),
        StockPermission.CENTRAL_KEEP: ("stock_central", Needed.ACT),
        StockPermission.WAREHOUSE_OPEN: ("configuration", Needed.ACT),
        StockPermission.LOT_RECALL: ("joint_receipt", Needed.ACT),
        StockPermission.RECALL_LIFT: ("purchase_plan", Needed.ACT),
        StockPermission.RECALL_TELL: ("contact_reveal", Needed.ACT),
        StockPermission.STOCKTAKE_VIEW: ("stocktake", Needed.VIEW),
        StockPermission.STOCKTAKE_COUNT: ("stocktake", Needed.ACT),
        StockPermission.STOCKTAKE_APPROVE: ("stocktake_approval", Needed.ACT),
        StockPermission.CLIMATE_VIEW: ("climate_log", Needed.VIEW),
        StockPermission.CLIMATE_LOG: ("climate_log", Needed.ACT),
        StockPermission.CLIMATE_DECIDE: ("destruction", Needed.ACT),
        StockPermission.DESTRUCTION_VIEW: ("destruction", Needed.VIEW),
        StockPermission.DESTRUCTION_REQUEST: ("destruction", Needed.ACT),
        StockPermission.DESTRUCTION_VERIFY: ("purchase_plan", Needed.ACT),
        StockPermission.DESTRUCTION_APPROVE: ("destruction_approval", Needed.ACT),
    }
)
