"""Rights of requisitions (Annex 1, 5.5)."""

from kefu.foundation.access.rules import Needed, Permission, grants


class RequisitionPermission(Permission):
    """One right for each hand a requisition goes through; picking and issuing belong to whoever keeps the sending warehouse."""

    VIEW = "requisitions:requisition:view"
    DRAFT = "requisitions:requisition:draft"
    SIGN = "requisitions:requisition:sign"
    FIGURES_VIEW = "requisitions:figures:view"
    FIGURES_CHECK = "requisitions:figures:check"
    APPROVE = "requisitions:requisition:approve"


# The branch enters its need and receives; its director signs and agrees to lending; finance checks; the product department decides.
grants(
    {
        RequisitionPermission.VIEW: ("requisition", Needed.VIEW),
        RequisitionPermission.DRAFT: ("requisition", Needed.ACT),
        RequisitionPermission.SIGN: ("requisition_signature", Needed.ACT),
        RequisitionPermission.FIGURES_VIEW: ("requisition_check", Needed.VIEW),
        RequisitionPermission.FIGURES_CHECK: ("requisition_check", Needed.ACT),
        RequisitionPermission.APPROVE: ("purchase_plan", Needed.ACT),
    }
)
