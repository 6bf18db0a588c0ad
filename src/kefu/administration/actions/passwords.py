"""Passwords: one's own, the first one, and a new one from the administrator."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.administration.actions.invitations import end_password_links
from kefu.administration.actions.second_factor import require_proof
from kefu.administration.actions.sessions import end_sessions
from kefu.administration.passwords import check_new, temporary_password
from kefu.administration.permissions import AdministrationPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.choices import SessionEnd
from kefu.organisation.models import User


@action
def change_password(*, user: User, old: str, new: str, keep: int | None = None, by: User, at: datetime) -> None:
    """Change one's own password; every session but the one noted as `keep` ends with it.

    Raises Forbidden for anybody else's, Invalid (`old`, `new`).
    """
    _only_own(user, by)
    locked = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if not locked.check_password(old):
        raise Invalid.one("old", "wrong", _("现在的密码不对，请再核对一遍。"))
    _set(locked, new, at)
    end_sessions(users=[user.pk], why=SessionEnd.PASSWORD, at=at, keep=keep)
    _hand_back(user, locked)
    record("administration.password.changed", by=by, at=at, subject=Subject("user", user.pk), node_id=user.node_id)


@action
def replace_temporary_password(*, user: User, new: str, by: User, at: datetime) -> None:
    """Choose one's own password at the first login. Raises Refused `not_temporary`, Forbidden, Invalid (`new`)."""
    _only_own(user, by)
    locked = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    if not locked.must_change_password:
        raise Refused("not_temporary", _("这个账号已经设过自己的密码，请直接登录。"))
    _set(locked, new, at)
    end_sessions(users=[user.pk], why=SessionEnd.PASSWORD, at=at)
    _hand_back(user, locked)
    record("administration.password.chosen", by=by, at=at, subject=Subject("user", user.pk), node_id=user.node_id)


@action
def reset_password(*, user: User, reason: str, checked: str, by: User, at: datetime) -> str:
    """Give an account a temporary password, answered once and stored nowhere; it also opens a locked account.

    `checked` is one of IdentityCheck. Raises Invalid (`reason`, `checked`), Refused `yourself`.
    """
    require(by, AdministrationPermission.PASSWORD_RESET, node_id=user.node_id)
    require_proof(user=user, reason=reason, checked=checked, by=by)
    password = temporary_password()
    user.set_password(password)
    user.must_change_password, user.failed_logins, user.locked_until = True, 0, None
    user.save(update_fields=["password", "must_change_password", "failed_logins", "locked_until"])
    end_password_links(user=user, at=at)
    end_sessions(users=[user.pk], why=SessionEnd.RESET, at=at)
    record(
        "administration.password.reset", by=by, at=at, subject=Subject("user", user.pk), node_id=user.node_id,
        changes={"checked": (None, checked)}, reason=reason.strip(),
    )  # fmt: skip
    return password


@action
def unlock(*, user: User, by: User, at: datetime) -> None:
    """Open an account that too many wrong passwords have closed. Raises Refused `not_locked`."""
    require(by, AdministrationPermission.USER_EDIT, node_id=user.node_id)
    if user.locked_until is None or user.locked_until <= at:
        raise Refused("not_locked", _("这个账号没有被锁，不用解锁。"))
    before, user.failed_logins, user.locked_until = user.locked_until, 0, None
    user.save(update_fields=["failed_logins", "locked_until"])
    record(
        "administration.login.unlocked", by=by, at=at, subject=Subject("user", user.pk), node_id=user.node_id,
        changes={"locked_until": (before, None)},
    )  # fmt: skip


def _only_own(user: User, by: User) -> None:
    if user.pk != by.pk:
        raise Forbidden("not_yours", _("只能改自己的密码。"))


def _set(user: User, new: str, at: datetime) -> None:
    check_new(user, new)
    user.set_password(new)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    end_password_links(user=user, at=at)


def _hand_back(user: User, locked: User) -> None:
    """The caller's object goes on into the session, which is bound to the password's hash and the generation."""
    user.password, user.must_change_password = locked.password, False
    user.refresh_from_db(fields=["session_generation"])
