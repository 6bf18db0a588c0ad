"""Rights of those who run the installation."""

from kefu.foundation.access.rules import Needed, Permission, grants


class AdministrationPermission(Permission):
    """Permission names of administration."""

    NODE_VIEW = "administration:node:view"
    NODE_EDIT = "administration:node:edit"
    USER_VIEW = "administration:user:view"
    USER_EDIT = "administration:user:edit"
    ROLE_VIEW = "administration:role:view"
    ROLE_EDIT = "administration:role:edit"
    PASSWORD_RESET = "administration:password:reset"  # noqa: S105
    LIMIT_VIEW = "administration:limit:view"
    LIMIT_EDIT = "administration:limit:edit"
    CALENDAR_VIEW = "administration:calendar:view"
    CALENDAR_EDIT = "administration:calendar:edit"
    STAND_IN_ARRANGE = "administration:stand_in:arrange"
    AUDIT_READ = "administration:audit:read"
    JOBS_VIEW = "administration:jobs:view"
    SETUP_VIEW = "administration:setup:view"


# A new password opens every door of the account, so it needs the right over roles, not that over the staff register.
grants(
    {
        AdministrationPermission.NODE_VIEW: ("configuration", Needed.VIEW),
        AdministrationPermission.NODE_EDIT: ("configuration", Needed.ACT),
        AdministrationPermission.USER_VIEW: ("staff_register", Needed.ACT),
        AdministrationPermission.USER_EDIT: ("staff_register", Needed.ACT),
        AdministrationPermission.ROLE_VIEW: ("role_admin", Needed.VIEW),
        AdministrationPermission.ROLE_EDIT: ("role_admin", Needed.ACT),
        AdministrationPermission.PASSWORD_RESET: ("role_admin", Needed.ACT),
        AdministrationPermission.LIMIT_VIEW: ("configuration", Needed.VIEW),
        AdministrationPermission.LIMIT_EDIT: ("configuration", Needed.ACT),
        AdministrationPermission.CALENDAR_VIEW: ("configuration", Needed.VIEW),
        AdministrationPermission.CALENDAR_EDIT: ("configuration", Needed.ACT),
        AdministrationPermission.STAND_IN_ARRANGE: ("shift_rota", Needed.ACT),
        AdministrationPermission.AUDIT_READ: ("audit_log", Needed.VIEW),
        AdministrationPermission.JOBS_VIEW: ("configuration", Needed.VIEW),
        AdministrationPermission.SETUP_VIEW: ("configuration", Needed.ACT),
    }
)
