"""Rights of purchasing (Annex 1)."""

from kefu.foundation.access.rules import Needed, Permission, grants


class PurchasingPermission(Permission):
    """The product department plans and orders, leadership approves, product department and keeper let goods in together."""

    PLAN_VIEW = "purchasing:plan:view"
    PLAN_ACT = "purchasing:plan:act"
    APPROVE = "purchasing:request:approve"
    COUNT = "purchasing:delivery:count"


grants(
    {
        PurchasingPermission.PLAN_VIEW: ("purchase_plan", Needed.VIEW),
        PurchasingPermission.PLAN_ACT: ("purchase_plan", Needed.ACT),
        PurchasingPermission.APPROVE: ("purchase_approval", Needed.ACT),
        PurchasingPermission.COUNT: ("joint_receipt", Needed.ACT),
    }
)
