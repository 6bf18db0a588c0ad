"""Rights over the registers."""

from kefu.foundation.access.rules import Needed, Permission, grants


class PeoplePermission(Permission):
    """Permission names of the registers."""

    REGISTER_VIEW = "people:register:view"
    REGISTER_EDIT = "people:register:edit"


grants(
    {
        PeoplePermission.REGISTER_VIEW: ("staff_register", Needed.VIEW),
        PeoplePermission.REGISTER_EDIT: ("staff_register", Needed.ACT),
    }
)
