"""Rights of the dispatch registers."""

from kefu.foundation.access.rules import Needed, Permission, grants


class DispatchPermission(Permission):
    """One right for the registers; goods are booked in by whoever keeps the warehouse, wishes are brought by whoever sells to the customer."""

    VIEW = "dispatch:register:view"
    REGISTER = "dispatch:register:act"


grants(
    {
        DispatchPermission.VIEW: ("dispatch_register", Needed.VIEW),
        DispatchPermission.REGISTER: ("dispatch_register", Needed.ACT),
    }
)
