"""Rights over the registers."""

from kefu.foundation.access.rules import Needed, Permission, grants


class PeoplePermission(Permission):
    """Permission names of the registers. Institutions: the steward keeps the record, the expansion department signs (ORG-007, ORG-008).
    Leaving: who keeps the register arranges it, a director decides (ORG-016)."""

    REGISTER_VIEW = "people:register:view"
    REGISTER_EDIT = "people:register:edit"
    LEAVING_VIEW = "people:leaving:view"
    LEAVING_ARRANGE = "people:leaving:arrange"
    LEAVING_DECIDE = "people:leaving:decide"
    INSTITUTION_VIEW = "people:institution:view"
    INSTITUTION_EDIT = "people:institution:edit"
    INSTITUTION_SIGN = "people:institution:sign"


grants(
    {
        PeoplePermission.REGISTER_VIEW: ("staff_register", Needed.VIEW),
        PeoplePermission.REGISTER_EDIT: ("staff_register", Needed.ACT),
        PeoplePermission.LEAVING_VIEW: ("staff_register", Needed.VIEW),
        PeoplePermission.LEAVING_ARRANGE: ("staff_register", Needed.ACT),
        PeoplePermission.LEAVING_DECIDE: ("leave_approval", Needed.ACT),
        PeoplePermission.INSTITUTION_VIEW: ("institution_view", Needed.VIEW),
        PeoplePermission.INSTITUTION_EDIT: ("institution_edit", Needed.ACT),
        PeoplePermission.INSTITUTION_SIGN: ("institution_contract", Needed.ACT),
    }
)
