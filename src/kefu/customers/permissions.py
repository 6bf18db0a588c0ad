"""What people may do with customers; functions of the matrix: archive, contact data, medical data, assignment."""

from kefu.foundation.access.rules import Needed, Permission, grants


class CustomerPermission(Permission):
    """Permission names of the customers."""

    ARCHIVE_VIEW = "customers:archive:view"
    ARCHIVE_EDIT = "customers:archive:edit"
    LEAD_CREATE = "customers:lead:create"
    CONTACT_REVEAL = "customers:contact:reveal"
    IDENTITY_CHECK = "customers:identity:check"
    MEDICAL_VIEW = "customers:medical:view"
    MEDICAL_EDIT = "customers:medical:edit"
    REPORTS_VIEW = "customers:reports:view"
    OWNER_ASSIGN = "customers:owner:assign"
    MERGE = "customers:customer:merge"
    TERRITORY_MOVE = "customers:territory:move"
    SOURCE_EDIT = "customers:source:edit"
    READERS_VIEW = "customers:readers:view"
    LIST_EXPORT = "customers:list:export"
    INTAKE = "customers:intake:any"
    GRADING_VIEW = "customers:grading:view"
    GRADING_TRACK = "customers:grading:track"
    DEAL_CHECK = "customers:deal:check"
    CONSENT_RECORD = "customers:consent:record"
    CONSENT_TEXTS = "customers:consent_text:edit"
    FLAG_WARN = "customers:flag:warn"
    SUBJECT_EXPORT = "customers:subject:export"
    PRIVACY_ASK = "customers:privacy:ask"
    PRIVACY_DECIDE = "customers:privacy:decide"
    REFERRAL_PLANS = "customers:referral_plan:edit"
    VALUE_RUN = "customers:value:run"


# Whoever may work with contact data may register a contact: managers, service, guides, directors; not doctors or cashiers.
# Who may say that two archives are one person's is who may say whose customer it is: the directors, not the desks.
# TERRITORY_MOVE is asked at the old and at the new place: the director above both has it, neither of the two directors alone. The administrator
# moves the colleagues' roles only, and sees no customer by it.
# INTAKE lets the administrator import and the system take public bookings without a reach over customers.
grants(
    {
        CustomerPermission.ARCHIVE_VIEW: ("customer_archive", Needed.VIEW),
        CustomerPermission.ARCHIVE_EDIT: ("customer_archive", Needed.ACT),
        CustomerPermission.LEAD_CREATE: ("contact_reveal", Needed.ACT),
        CustomerPermission.CONTACT_REVEAL: ("contact_reveal", Needed.ACT),
        CustomerPermission.IDENTITY_CHECK: ("customer_archive", Needed.VIEW),
        CustomerPermission.MEDICAL_VIEW: ("customer_medical", Needed.VIEW),
        CustomerPermission.MEDICAL_EDIT: ("customer_medical", Needed.ACT),
        CustomerPermission.REPORTS_VIEW: ("report_read", Needed.VIEW),
        CustomerPermission.OWNER_ASSIGN: ("customer_assignment", Needed.ACT),
        CustomerPermission.MERGE: ("customer_assignment", Needed.ACT),
        CustomerPermission.TERRITORY_MOVE: ("customer_assignment", Needed.ACT),
        CustomerPermission.SOURCE_EDIT: ("configuration", Needed.ACT),
        CustomerPermission.READERS_VIEW: ("customer_assignment", Needed.VIEW),
        CustomerPermission.LIST_EXPORT: ("data_export", Needed.ACT),
        CustomerPermission.INTAKE: ("configuration", Needed.ACT),
        CustomerPermission.GRADING_VIEW: ("customer_grading", Needed.VIEW),
        CustomerPermission.GRADING_TRACK: ("customer_grading", Needed.ACT),
        CustomerPermission.REFERRAL_PLANS: ("customer_assignment", Needed.ACT),
        CustomerPermission.VALUE_RUN: ("configuration", Needed.ACT),
        CustomerPermission.FLAG_WARN: ("customer_assignment", Needed.ACT),
        CustomerPermission.DEAL_CHECK: ("customer_assignment", Needed.ACT),
        CustomerPermission.CONSENT_RECORD: ("contact_reveal", Needed.ACT),
        CustomerPermission.CONSENT_TEXTS: ("configuration", Needed.ACT),
        CustomerPermission.PRIVACY_ASK: ("contact_reveal", Needed.ACT),
        CustomerPermission.PRIVACY_DECIDE: ("customer_assignment", Needed.ACT),
        CustomerPermission.SUBJECT_EXPORT: ("data_export", Needed.ACT),
    }
)
