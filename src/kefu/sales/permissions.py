"""Rights on purchases."""

from kefu.foundation.access.rules import Needed, Permission, grants


class SalesPermission(Permission):
    """What one may do with purchases."""

    VIEW = "sales:purchase:view"
    PRESCRIBE = "sales:purchase:prescribe"
    ENTER = "sales:purchase:enter"
    DISPATCH = "sales:purchase:dispatch"


grants(
    {
        SalesPermission.VIEW: ("purchase", Needed.VIEW),
        SalesPermission.PRESCRIBE: ("prescription", Needed.ACT),
        SalesPermission.ENTER: ("purchase", Needed.ACT),
        SalesPermission.DISPATCH: ("product_dispatch", Needed.ACT),
    }
)
