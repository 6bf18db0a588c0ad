"""Coming in: the password, and the door that closes after too many wrong ones (SEC-001)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.administration.actions.sessions import leave_session
from kefu.administration.limits import LOCK_MINUTES, LOGIN_FAILURES
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, record
from kefu.organisation.choices import SessionEnd
from kefu.organisation.models import User


@dataclass(frozen=True)
class Attempt:
    """What came of a login: the person let in, or `code` and `message` of the refusal."""

    user: User | None
    code: str = ""
    message: str = ""


@action
def try_login(*, name: str, password: str, by: User | None = None, at: datetime) -> Attempt:
    """Let somebody in by login name or job number and password; `by` stays None, nobody is known yet.

    Raises nothing: a refusal is an answer, since the wrong guess it counts must not be rolled back.
    """
    user = _account(name)
    if user is None:
        make_password(password)  # as slow as a real check, so that names cannot be found out by the clock
        record("administration.login.unknown", by=None, at=at, kind=Kind.REFUSED)
        return Attempt(None, "wrong", _wrong())
    refusal = _closed(user, at) or _guess(user, password, at)
    if refusal is not None:
        return refusal
    if user.failed_logins or user.locked_until:
        user.failed_logins, user.locked_until = 0, None
        user.save(update_fields=["failed_logins", "locked_until"])
    record("administration.login.done", by=user, at=at, subject=Subject("user", user.pk), node_id=user.node_id)
    return Attempt(user)


@action
def lock(*, session_id: int | None = None, by: User, at: datetime) -> None:
    """Lock the screen of a shared desk; the person stays logged in nowhere on it."""
    leave_session(session_id=session_id, why=SessionEnd.LOCKED, at=at)
    record("administration.login.locked", by=by, at=at, subject=Subject("user", by.pk), node_id=by.node_id)


@action
def log_out(*, session_id: int | None = None, by: User, at: datetime) -> None:
    """Leave."""
    leave_session(session_id=session_id, why=SessionEnd.LEFT, at=at)
    record("administration.login.left", by=by, at=at, subject=Subject("user", by.pk), node_id=by.node_id)


def _account(name: str) -> User | None:
    people = User.objects.select_for_update(of=("self",), no_key=True).filter(is_system=False)
    wanted = name.strip()
    if not wanted or not wanted.isprintable():
        return None
    return people.filter(username=wanted).first() or people.filter(job_number=wanted).first()


def _closed(user: User, at: datetime) -> Attempt | None:
    """Accounts that no password opens."""
    if user.locked_until and user.locked_until > at:
        return _refuse(user, "locked", _locked_words(user.locked_until), at)
    if user.is_demo and settings.PRODUCTION:
        return _refuse(user, "demo_account", _("演示账号在正式环境里不能登录，请用自己的账号。"), at)
    return None


def _guess(user: User, password: str, at: datetime) -> Attempt | None:
    if user.check_password(password):
        return None if user.is_active else _refuse(user, "inactive", _("这个账号已停用，请联系管理员。"), at)
    user.failed_logins += 1
    if user.failed_logins >= LOGIN_FAILURES.on(at):
        user.failed_logins, user.locked_until = 0, at + timedelta(minutes=LOCK_MINUTES.on(at))
        user.save(update_fields=["failed_logins", "locked_until"])
        return _refuse(user, "locked", _locked_words(user.locked_until), at)
    user.save(update_fields=["failed_logins"])
    return _refuse(user, "wrong", _wrong(), at)


def _refuse(user: User, code: str, message: str, at: datetime) -> Attempt:
    record(
        "administration.login.refused", by=None, at=at, subject=Subject("user", user.pk), node_id=user.node_id,
        kind=Kind.REFUSED, changes={"code": (None, code)},
    )  # fmt: skip
    return Attempt(None, code, message)


def _wrong() -> str:
    return _("登录名或密码不对，请再核对一遍。")


def _locked_words(until: datetime) -> str:
    time = timezone.localtime(until)
    return _("连续输错太多次，%(time)s 后才能再试；急用请找管理员解锁。") % {"time": f"{time:%H:%M}"}
