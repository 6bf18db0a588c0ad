"""Rights on follow-ups."""

from kefu.foundation.access.rules import Needed, Permission, grants


class FollowUpPermission(Permission):
    """Seeing what is planned, recording contacts, messages to many. Own are those of own customers, those one has taken on, and those nobody has."""

    VIEW = "followup:plan:view"
    CONTACT = "followup:contact:record"
    PUSH_VIEW = "followup:push:view"
    PUSH = "followup:push:send"


grants(
    {
        FollowUpPermission.VIEW: ("followup", Needed.VIEW),
        FollowUpPermission.CONTACT: ("followup", Needed.ACT),
        FollowUpPermission.PUSH_VIEW: ("campaign", Needed.VIEW),
        FollowUpPermission.PUSH: ("campaign", Needed.ACT),
    }
)
