"""Roles that contain roles (ORG-001)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.actions.guarding import require_an_administrator
from kefu.administration.actions.sessions import after_rights_changed
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries.roles import holders
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import contained
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Refused
from kefu.organisation.models import Role, RolePart, User


@action
def include_role(*, role: Role, part: Role, by: User, at: datetime) -> None:
    """Let a role contain another: its holders may do from the next click what the part may, where they hold the whole.

    Raises Refused `circle` when the part contains the role, `external` for a role of outsiders.
    """
    require(by, AdministrationPermission.ROLE_EDIT)
    _hold_all()
    if role.external or part.external:
        raise Refused("external", _("外部人员的角色不能和别的角色合在一起。"))
    if role.pk in contained([part.pk]):
        raise Refused(
            "circle", _("“%(part)s”已经包含“%(role)s”，不能再反过来。") % {"part": part.label, "role": role.label}
        )
    _made, new = RolePart.objects.get_or_create(role=role, part=part)
    if not new:
        return nothing_changed()
    return _record("included", role, part, by, at)


@action
def take_role_out(*, role: Role, part: Role, by: User, at: datetime) -> None:
    """Let a role not contain another any more; whoever holds it must log in again. Raises Refused `last_administrator`."""
    require(by, AdministrationPermission.ROLE_EDIT)
    _hold_all()
    if not RolePart.objects.filter(role=role, part=part).delete()[0]:
        return nothing_changed()
    require_an_administrator(timezone.localdate(at))
    after_rights_changed(users=holders(role), by=by, at=at)
    return _record("taken_out", role, part, by, at)


def _hold_all() -> None:
    """Two people who each put one role into the other would make a circle: they wait for each other."""
    list(Role.objects.select_for_update(no_key=True).order_by("pk").values_list("pk"))


def _record(verb: str, role: Role, part: Role, by: User, at: datetime) -> None:
    changes = {"role": (role.code, role.code), "part": (None, part.code) if verb == "included" else (part.code, None)}
    record(f"administration.role.{verb}", by=by, at=at, subject=Subject("role", role.pk), changes=changes)
