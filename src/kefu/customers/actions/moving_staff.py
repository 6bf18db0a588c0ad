"""The roles of those who move along with their customers, moved and returned by whoever may give roles at both places (ORG-013)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.administration.actions.moving import RoleMoved, move_role, return_role
from kefu.administration.permissions import AdministrationPermission
from kefu.customers.actions.moves import note
from kefu.customers.choices import MoveState
from kefu.customers.models import TerritoryMove
from kefu.customers.queries.moves import roles_to_move, roles_to_return
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action
from kefu.kernel.errors import Refused
from kefu.organisation.models import User

ROLES = AdministrationPermission.ROLE_EDIT


@action
def move_roles(*, move: TerritoryMove, by: User, at: datetime) -> int:
    """End the roles at the old place on the day of the move and give them at the new one; answers how many.

    Raises Refused `not_open`, and what `move_role` refuses, with nothing moved; Forbidden, OutOfScope.
    """
    held = _locked(move, by)
    if held.state != MoveState.DRAFT:
        raise Refused("not_open", _("这次划转已经确认或作废。"))
    waiting = list(roles_to_move(held).select_related("user", "role").order_by("user_id", "pk"))
    if not waiting:
        raise Refused("nothing", _("没有要办的岗位调动。"))
    for one in waiting:
        done = move_role(user=one.user, role=one.role, source=held.source, target=held.target, on=held.on, by=by, at=at)
        one.given, one.until, one.moved_by, one.moved_at = done.given, done.until, by, at
        one.save(update_fields=["given", "until", "moved_by", "moved_at"])
    note("roles_moved", held, by, at, {"roles": (None, len(waiting))})
    return len(waiting)


@action
def return_roles(*, move: TerritoryMove, by: User, at: datetime) -> int:
    """Let the roles hold at the old place again; answers how many. Those that somebody has ended meanwhile, or whose account is closed, are
    left as they are and noted so.

    Raises Refused `under_way`, `nothing`, what `return_role` refuses.
    """
    held = _locked(move, by)
    if held.state not in (MoveState.DRAFT, MoveState.DONE, MoveState.DISCARDED, MoveState.UNDONE):
        raise Refused("under_way", _("划转正在进行，完成后再调回。"))
    moved = list(roles_to_return(held).select_related("user", "role").order_by("user_id", "pk"))
    if not moved:
        raise Refused("nothing", _("没有要调回的岗位。"))
    for one in moved:
        one.gone = not return_role(
            user=one.user, role=one.role, source=held.source, target=held.target, on=held.on,
            done=RoleMoved(one.given, one.until), by=by, at=at,
        )  # fmt: skip
        one.returned_by, one.returned_at = by, at
        one.save(update_fields=["gone", "returned_by", "returned_at"])
    back = sum(not one.gone for one in moved)
    note("roles_returned", held, by, at, {"roles": (None, back), "gone": (None, len(moved) - back)})
    return back


def _locked(move: TerritoryMove, by: User) -> TerritoryMove:
    rows = TerritoryMove.objects.select_for_update(of=("self",), no_key=True).select_related("source", "target")
    held = rows.get(pk=move.pk)
    for place_id in (held.source_id, held.target_id):
        require(by, ROLES, node_id=place_id)
    return held
