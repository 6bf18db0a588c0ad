"""Rights on journeys. Who may take a step is the node's own matter; these say who may look and who may configure."""

from kefu.foundation.access.rules import Needed, Permission, grants


class JourneyPermission(Permission):
    """What one may do with journeys as such."""

    VIEW = "journey:journey:view"
    CONFIGURE = "journey:template:change"


grants(
    {
        JourneyPermission.VIEW: ("customer_archive", Needed.VIEW),
        JourneyPermission.CONFIGURE: ("configuration", Needed.ACT),
    }
)
