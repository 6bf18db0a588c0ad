"""Accounts: opened only with the signed confidentiality undertaking, closed with a reason (SEC-001, ORG-011)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.administration.actions.guarding import require_an_administrator
from kefu.administration.actions.invitations import end_password_links, send_invitation
from kefu.administration.actions.sessions import end_sessions
from kefu.administration.events import UserDeactivated, UserReactivated
from kefu.administration.passwords import temporary_password
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.rules import JOB_NUMBER, USERNAME
from kefu.foundation.access.checks import require
from kefu.foundation.api.actions import revoke_tokens_of
from kefu.foundation.audit.trail import Change, Subject, action, nothing_changed, record
from kefu.foundation.events.bus import announce
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.kernel.names import read_name
from kefu.organisation.choices import SessionEnd
from kefu.organisation.models import Node, StandIn, User

DETAILS = ("username", "job_number", "name", "node", "sex", "email", "phone", "undertaking_signed_on")
PRIVATE = frozenset({"email", "phone"})


@dataclass(frozen=True)
class Opened:
    """A new account and its temporary password, which is told once and stored nowhere; empty for who was invited by mail."""

    user: User
    password: str


@action
def create_user(
    *,
    username: str,
    job_number: str,
    name: str,
    node: Node,
    undertaking_signed_on: date | None,
    sex: str = "",
    email: str = "",
    phone: str = "",
    invite_to: str = "",
    by: User,
    at: datetime,
) -> Opened:
    """Open an account; what it may do comes with its grants. The temporary password must be changed at the first login;
    with `invite_to`, the address of this installation, the person chooses one by a link in a mail instead.

    Raises Invalid naming each wrong field: without the day on which the confidentiality undertaking [保密协议] was
    signed there is no account (SEC-001). Raises Refused `no_mail_server` or `no_email` for an invitation.
    """
    require(by, AdministrationPermission.USER_EDIT, node_id=node.pk)
    user = User(
        username=username.strip().lower(), job_number=job_number.strip(), name=name.strip(), node=node, sex=sex,
        email=email.strip(), phone=phone.strip(), undertaking_signed_on=undertaking_signed_on,
        must_change_password=True,
    )  # fmt: skip
    _check(user, at)
    password = "" if invite_to else temporary_password()
    user.set_password(password or None)
    user.save()
    facts: dict[str, Change] = {
        "username": (None, user.username), "job_number": (None, user.job_number), "name": (None, user.name),
        "undertaking_signed_on": (None, user.undertaking_signed_on),
    }  # fmt: skip
    _record("created", user, by, at, facts)
    if invite_to:
        send_invitation(user=user, site=invite_to, by=by, at=at)
    return Opened(user, password)


@action
def change_user(*, user: User, changes: Mapping[str, object], by: User, at: datetime) -> None:
    """Change an account; keys are those of DETAILS. Raises Invalid naming each wrong field."""
    require(by, AdministrationPermission.USER_EDIT, node_id=user.node_id)
    if unknown := changes.keys() - set(DETAILS):
        raise Invalid.one(min(unknown), "unknown", _("没有这一项。"))
    changed = {name: (getattr(user, name), value) for name, value in changes.items() if getattr(user, name) != value}
    if not changed:
        return nothing_changed()
    for name, (_before, value) in changed.items():
        setattr(user, name, value)
    _check(user, at)
    require(by, AdministrationPermission.USER_EDIT, node_id=user.node_id)
    user.save(update_fields=[*changed, "pinyin", "initials"])
    if "email" in changed:
        end_password_links(user=user, at=at)
    shown = {name: ("***", "***") if name in PRIVATE else pair for name, pair in changed.items()}
    return _record("changed", user, by, at, shown)


@action
def deactivate_user(*, user: User, reason: str, by: User, at: datetime) -> None:
    """Close an account at once: its sessions, tokens and stand-ins end. What it owned waits for others.

    Raises Invalid without a reason, Refused `yourself`, `system_account` or `last_administrator`.
    """
    require(by, AdministrationPermission.USER_EDIT, node_id=user.node_id)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明停用的原因。"))
    if user.pk == by.pk:
        raise Refused("yourself", _("不能停用自己的账号，请另一位管理员来办。"))
    if user.is_system:
        raise Refused("system_account", _("系统账号不能停用。"))
    locked = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if not locked.is_active:
        return nothing_changed()
    locked.is_active = False
    locked.save(update_fields=["is_active"])
    require_an_administrator(timezone.localdate(at))
    user.is_active = False
    end_password_links(user=user, at=at)
    end_sessions(users=[user.pk], why=SessionEnd.CLOSED, at=at)
    revoke_tokens_of(user=user, reason=SessionEnd.CLOSED.value, by=by, at=at)
    StandIn.objects.filter(Q(absent=user) | Q(substitute=user), ended_at__isnull=True).update(ended_at=at)
    _record("deactivated", user, by, at, {"is_active": (True, False)}, reason.strip())
    return announce(UserDeactivated(user_id=user.pk, by=by, at=at))


@action
def reactivate_user(*, user: User, reason: str, by: User, at: datetime) -> None:
    """Open a closed account again, with the grants it has. Raises Invalid without a reason or while the undertaking is missing."""
    require(by, AdministrationPermission.USER_EDIT, node_id=user.node_id)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明恢复账号的原因。"))
    locked = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if locked.is_active:
        return nothing_changed()
    if errors := _undertaking_errors(user, at):
        raise Invalid(errors)
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record("reactivated", user, by, at, {"is_active": (False, True)}, reason.strip())
    return announce(UserReactivated(user_id=user.pk, reason=reason.strip(), by=by, at=at))


def _check(user: User, at: datetime) -> None:
    errors = [*_name_errors(user), *_place_errors(user), *_undertaking_errors(user, at)]
    if errors:
        raise Invalid(errors)
    reading = read_name(user.name)
    user.pinyin, user.initials = reading.full[:200], reading.initials[:40]


def _name_errors(user: User) -> list[FieldError]:
    errors = []
    if not user.name:
        errors.append(FieldError("name", "required", _("请填写姓名。")))
    if not USERNAME.fullmatch(user.username):
        errors.append(FieldError("username", "format", _("登录名用小写字母、数字、点或短横，2 到 60 个。")))
    if not JOB_NUMBER.fullmatch(user.job_number):
        errors.append(FieldError("job_number", "format", _("工号用数字、字母或短横，最多 20 个。")))
    others = User.objects.exclude(pk=user.pk)
    for field, value in (("username", user.username), ("job_number", user.job_number)):
        # People log in with either, so no login name may be a colleague's job number.
        if others.filter(Q(username=value) | Q(job_number=value)).exists():
            errors.append(FieldError(field, "taken", _("已经有人用了，请换一个。")))
    return errors


def _place_errors(user: User) -> list[FieldError]:
    if user.node.closed_on is not None:
        return [FieldError("node", "closed", _("这个机构已停用，请选择别的。"))]
    return []


def _undertaking_errors(user: User, at: datetime) -> list[FieldError]:
    signed = user.undertaking_signed_on
    if signed is None:
        return [FieldError("undertaking_signed_on", "undertaking_missing", _("没有登记保密协议，不能开通账号。"))]
    if signed > timezone.localdate(at):
        return [FieldError("undertaking_signed_on", "to_come", _("签署日期不能晚于今天。"))]
    return []


def _record(verb: str, user: User, by: User, at: datetime, changes: Mapping[str, Change], reason: str = "") -> None:
    record(
        f"administration.user.{verb}", by=by, at=at, subject=Subject("user", user.pk), node_id=user.node_id,
        changes=changes, reason=reason,
    )  # fmt: skip
