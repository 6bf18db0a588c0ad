"""Rights over orders, kits, samples and reports (Annex 1)."""

from kefu.foundation.access.rules import Needed, Permission, grants


class LabPermission(Permission):
    """Doctors order for own customers, health managers sign and hand out, consulting checks and reviews."""

    ORDER_VIEW = "lab:order:view"
    ORDER_PLACE = "lab:order:place"
    ORDER_SIGN = "lab:order:sign"
    KIT_VIEW = "lab:kit:view"
    KIT_ISSUE = "lab:kit:issue"
    SAMPLE_VIEW = "lab:sample:view"
    SAMPLE_CHECK = "lab:sample:check"
    REPORT_FILE = "lab:report:file"
    REPORT_UNREVIEWED = "lab:report:unreviewed"
    REPORT_APPROVE = "lab:report:approve"
    MESSAGE_HANDLE = "lab:message:handle"
    REPORT_READ = "lab:report:read"
    OVERALL_VIEW = "lab:overall:view"
    OVERALL_WRITE = "lab:overall:write"
    PAPER_VIEW = "lab:paper:view"
    PAPER_MAKE = "lab:paper:make"
    HANDOVER = "lab:report:handover"
    INTERPRET = "lab:report:interpret"


# Whoever hands out the kit also takes the signature; the doctor of the order may do so by ORDER_PLACE.
grants(
    {
        LabPermission.ORDER_VIEW: ("test_order", Needed.VIEW),
        LabPermission.ORDER_PLACE: ("test_order", Needed.ACT),
        LabPermission.ORDER_SIGN: ("kit_dispatch", Needed.ACT),
        LabPermission.KIT_VIEW: ("kit_dispatch", Needed.VIEW),
        LabPermission.KIT_ISSUE: ("kit_dispatch", Needed.ACT),
        LabPermission.SAMPLE_VIEW: ("sample_receipt", Needed.VIEW),
        LabPermission.SAMPLE_CHECK: ("sample_receipt", Needed.ACT),
        LabPermission.REPORT_FILE: ("lab_delivery", Needed.ACT),
        LabPermission.REPORT_UNREVIEWED: ("report_unreviewed", Needed.VIEW),
        LabPermission.REPORT_APPROVE: ("report_review", Needed.ACT),
        LabPermission.MESSAGE_HANDLE: ("report_unreviewed", Needed.ACT),
        LabPermission.REPORT_READ: ("report_read", Needed.VIEW),
        LabPermission.OVERALL_VIEW: ("report_overall", Needed.VIEW),
        LabPermission.OVERALL_WRITE: ("report_overall", Needed.ACT),
        LabPermission.PAPER_VIEW: ("report_paper", Needed.VIEW),
        LabPermission.PAPER_MAKE: ("report_paper", Needed.ACT),
        LabPermission.HANDOVER: ("report_paper", Needed.ACT),
        LabPermission.INTERPRET: ("report_interpretation", Needed.ACT),
    }
)
