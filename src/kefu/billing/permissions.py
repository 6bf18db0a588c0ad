"""Rights over charges and the money at the desk (Annex 1)."""

from kefu.foundation.access.rules import Needed, Permission, grants


class BillingPermission(Permission):
    """Looking at charges and payments, recording or cancelling charges, taking and voiding payments at the desk, asking for refunds and
    paying them out, closing the day of a desk, selling prepaid packages and keeping their ledger; opening desks is configuration."""

    CHARGE_VIEW = "billing:charge:view"
    CHARGE_RECORD = "billing:charge:record"
    PAYMENT_VIEW = "billing:payment:view"
    PAYMENT_TAKE = "billing:payment:take"
    PAYMENT_VOID = "billing:payment:void"
    REFUND_ASK = "billing:refund:ask"
    REFUND_PAY = "billing:refund:pay"
    DESK_OPEN = "billing:desk:open"
    DAY_VIEW = "billing:day:view"
    DAY_CLOSE = "billing:day:close"
    PREPAID_VIEW = "billing:prepaid:view"
    PREPAID_SELL = "billing:prepaid:sell"
    PREPAID_KEEP = "billing:prepaid:keep"
    PREPAID_RECONCILE = "billing:prepaid:reconcile"


grants(
    {
        BillingPermission.CHARGE_VIEW: ("charging", Needed.VIEW),
        BillingPermission.CHARGE_RECORD: ("charging", Needed.ACT),
        BillingPermission.PAYMENT_VIEW: ("charging", Needed.VIEW),
        BillingPermission.PAYMENT_TAKE: ("charging", Needed.ACT),
        BillingPermission.PAYMENT_VOID: ("charging", Needed.ACT),
        BillingPermission.REFUND_ASK: ("charging", Needed.ACT),
        BillingPermission.REFUND_PAY: ("charging", Needed.ACT),
        BillingPermission.DESK_OPEN: ("configuration", Needed.ACT),
        BillingPermission.DAY_VIEW: ("charging", Needed.VIEW),
        BillingPermission.DAY_CLOSE: ("charging", Needed.ACT),
        BillingPermission.PREPAID_VIEW: ("charging", Needed.VIEW),
        BillingPermission.PREPAID_SELL: ("charging", Needed.ACT),
        BillingPermission.PREPAID_KEEP: ("charging", Needed.ACT),
        BillingPermission.PREPAID_RECONCILE: ("charging", Needed.ACT),
    }
)
