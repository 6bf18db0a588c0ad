"""A colleague's role moves from one place to another, and back when that was a mistake (ORG-013)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.actions.roles import end_grant, grant_role
from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Refused
from kefu.organisation.models import Grant, Node, Role, User


@dataclass(frozen=True)
class RoleMoved:
    """What a move did: whether it `given` the role at the new place (it may have held there already), and how long it was to last at the old one."""

    given: bool
    until: date | None


@action
def move_role(*, user: User, role: Role, source: Node, target: Node, on: date, by: User, at: datetime) -> RoleMoved:
    """End a role at one place and give it at another from the same day on, until the day it would have ended. A day that has passed means
    today.

    Raises Refused `not_held`, and what `end_grant` and `grant_role` refuse.
    """
    require(by, AdministrationPermission.ROLE_EDIT, node_id=target.pk)
    day = max(on, timezone.localdate(at))
    held, known = _held(user, role, source, day), _held(user, role, target, day)
    if held is None:
        raise Refused("not_held", _("%(name)s在%(node)s没有这个岗位。") % {"name": user.name, "node": source.label})
    if known is None:
        grant_role(user=user, role=role, node=target, valid_from=day, valid_to=held.valid_to, by=by, at=at)
    end_grant(grant=held, on=day, by=by, at=at)
    return RoleMoved(given=known is None, until=held.valid_to)


@action
def return_role(
    *, user: User, role: Role, source: Node, target: Node, on: date, done: RoleMoved, by: User, at: datetime
) -> bool:
    """Take back what `move_role` did on a day: the role holds at `source` as long as it was to, and ends at `target` where the move gave it.

    Answers False with nothing changed when there is nothing to take back: the account is closed, or somebody has ended the role meanwhile.
    """
    require(by, AdministrationPermission.ROLE_EDIT, node_id=source.pk)
    today = timezone.localdate(at)
    begun = _held(user, role, target, max(on, today))
    if begun is None or not user.is_active:
        nothing_changed()
        return False
    waiting = Grant.objects.select_for_update(of=("self",), no_key=True)
    ending = waiting.filter(user=user, role=role, node=source, valid_to=on, valid_to__gt=today).first()
    if ending is not None:
        _reopen(ending, done.until, by, at)
    elif _held(user, role, source, today) is None and (done.until is None or done.until > today):
        grant_role(user=user, role=role, node=source, valid_from=today, valid_to=done.until, by=by, at=at)
    if done.given:
        end_grant(grant=begun, by=by, at=at)
    return True


def _held(user: User, role: Role, node: Node, day: date) -> Grant | None:
    """The grant that holds on a day."""
    that_day = Q(valid_from__lte=day) & (Q(valid_to__isnull=True) | Q(valid_to__gt=day))
    return Grant.objects.filter(that_day, user=user, role=role, node=node).first()


def _reopen(grant: Grant, until: date | None, by: User, at: datetime) -> None:
    before, grant.valid_to = grant.valid_to, until
    grant.save(update_fields=["valid_to"])
    record("administration.role.reopened", by=by, at=at, subject=Subject("user", grant.user_id), node_id=grant.node_id,
           changes={"role": (grant.role.code, grant.role.code), "valid_to": (before, until)})  # fmt: skip
