"""Rights that go beyond one permission."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.followup.permissions import FollowUpPermission
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.kernel.errors import Forbidden
from kefu.organisation.models import User


def sends_for(user: User, node_id: int) -> bool:
    """Whether somebody sends to all customers of a place, not only to his or her own."""
    return access_of(user).may_at(FollowUpPermission.PUSH, node_id)


def require_whole(user: User, node_id: int) -> None:
    """Raises Forbidden for whoever has the right to send only over own customers."""
    require(user, FollowUpPermission.PUSH)
    if not sends_for(user, node_id):
        raise Forbidden("not_whole", _("要由负责整个机构活动的同事来办。"))
