"""Rights over charges (Annex 1)."""

from kefu.foundation.access.rules import Needed, Permission, grants


class BillingPermission(Permission):
    """Looking at charges, and recording or cancelling them at the desk."""

    CHARGE_VIEW = "billing:charge:view"
    CHARGE_RECORD = "billing:charge:record"


grants(
    {
        BillingPermission.CHARGE_VIEW: ("charging", Needed.VIEW),
        BillingPermission.CHARGE_RECORD: ("charging", Needed.ACT),
    }
)
