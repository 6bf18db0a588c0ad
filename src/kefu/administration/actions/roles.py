"""Who holds which role, and what the role may do (ORG-001)."""

from __future__ import annotations

from datetime import date, datetime, time

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.actions.guarding import require_an_administrator
from kefu.administration.actions.sessions import after_rights_changed, end_sessions, withdraw_tokens
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries.roles import holders
from kefu.administration.rules import overlap
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.choices import Level, SessionEnd
from kefu.organisation.models import Function, Grant, LoginSession, Node, Role, RoleCell, User


@action
def grant_role(
    *, user: User, role: Role, node: Node, valid_from: date, valid_to: date | None = None, by: User, at: datetime
) -> Grant:
    """Give a role at a place and below, from a day until before another; one that counts already logs its holder out.

    Raises Invalid (`role`, `valid_to`, `node`), Refused `inactive` or `already_granted`.
    """
    require(by, AdministrationPermission.ROLE_EDIT, node_id=node.pk)
    if role.external:
        raise Invalid.one("role", "external", _("这个角色是给系统用的，不能给人。"))
    if not user.is_active:
        raise Refused("inactive", _("这个账号已停用，请先恢复。"))
    if node.closed_on is not None:
        raise Invalid.one("node", "closed", _("这个机构已停用，请选择别的。"))
    if valid_to is not None and valid_to <= valid_from:
        raise Invalid.one("valid_to", "order", _("截止日期要晚于开始日期。"))
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    for held in Grant.objects.filter(user=user, role=role, node=node):
        if overlap(valid_from, valid_to, held.valid_from, held.valid_to):
            raise Refused("already_granted", _("这段时间里已经有这个角色了，请改已有的一条。"))
    grant = Grant.objects.create(user=user, role=role, node=node, valid_from=valid_from, valid_to=valid_to)
    record(
        "administration.role.granted", by=by, at=at, subject=Subject("user", user.pk), node_id=node.pk,
        changes={"role": (None, role.code), "valid_from": (None, valid_from), "valid_to": (None, valid_to)},
    )  # fmt: skip
    if valid_from <= timezone.localdate(at):
        after_rights_changed(users=[user.pk], by=by, at=at)
    return grant


@action
def end_grant(*, grant: Grant, on: date | None = None, by: User, at: datetime) -> None:
    """Take a role back from a day on (default: today); one that had not begun by then is taken away altogether.

    Taken back today, it logs its holder out at once.

    Raises Refused `last_administrator`, Invalid for a day that has passed.
    """
    require(by, AdministrationPermission.ROLE_EDIT, node_id=grant.node_id)
    today = timezone.localdate(at)
    day = on or today
    if day < today:
        raise Invalid.one("on", "past", _("收回日期不能早于今天。"))
    locked = Grant.objects.select_for_update(of=("self",), no_key=True).select_related("role").get(pk=grant.pk)
    if locked.valid_to is not None and locked.valid_to <= day:
        return nothing_changed()
    before = locked.valid_to
    if locked.valid_from >= day:
        locked.delete()
    else:
        locked.valid_to = day
        locked.save(update_fields=["valid_to"])
    require_an_administrator(day)
    if day == today and locked.valid_from <= today:
        after_rights_changed(users=[locked.user_id], by=by, at=at)
    return record(
        "administration.role.ended", by=by, at=at, subject=Subject("user", locked.user_id), node_id=locked.node_id,
        changes={"role": (locked.role.code, None), "valid_to": (before, day)},
    )  # fmt: skip


@action
def set_cell(*, role: Role, function: Function, level: Level, by: User, at: datetime) -> None:
    """Say what a role may do with a function; it counts from the next click of everybody who holds it (ORG-001).

    Whoever loses something by it must log in again.

    Raises Refused `last_administrator`.
    """
    require(by, AdministrationPermission.ROLE_EDIT)
    Role.objects.select_for_update(no_key=True).get(pk=role.pk)
    cell = RoleCell.objects.filter(role=role, function=function).first()
    before = Level(cell.level) if cell else Level.NONE
    if before == level:
        return nothing_changed()
    if level == Level.NONE and cell is not None:
        cell.delete()
    else:
        RoleCell.objects.update_or_create(role=role, function=function, defaults={"level": level})
    require_an_administrator(timezone.localdate(at))
    if level < before:
        after_rights_changed(users=holders(role), by=by, at=at)
    return record(
        "administration.role.cell_set", by=by, at=at, subject=Subject("role", role.pk),
        changes={
            "role": (role.code, role.code),
            "function": (function.code, function.code),
            "level": (before.name.lower(), level.name.lower()),
        },
    )  # fmt: skip


@action
def follow_dated_grants(*, by: User, at: datetime) -> int:
    """Let those whose role begins or ends today by its date log in anew; answers how many. Safe to repeat: whoever has
    logged in since midnight has the new rights already."""
    today = timezone.localdate(at)
    midnight = datetime.combine(today, time(0), timezone.get_current_timezone())
    dated = Grant.objects.filter(Q(valid_from=today) | Q(valid_to=today), user__is_system=False).values("user_id")
    earlier = LoginSession.objects.filter(ended_at__isnull=True, began_at__lt=midnight, user__in=dated)
    people = set(earlier.values_list("user_id", flat=True))
    end_sessions(users=people, why=SessionEnd.ROLE, at=at)
    revoked = withdraw_tokens(users=[row["user_id"] for row in dated], by=by, at=at)
    if people or revoked:
        record("administration.role.dated", by=by, at=at, changes={"people": (None, len(people))})
    else:
        nothing_changed()
    return len(people)
