"""Rights on follow-ups."""

from kefu.foundation.access.rules import Needed, Permission, grants


class FollowUpPermission(Permission):
    """Seeing what is planned, and recording contacts. Own are those of own customers, those one has taken on, and those nobody has."""

    VIEW = "followup:plan:view"
    CONTACT = "followup:contact:record"


grants({FollowUpPermission.VIEW: ("followup", Needed.VIEW), FollowUpPermission.CONTACT: ("followup", Needed.ACT)})
