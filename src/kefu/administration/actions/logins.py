"""Coming in by password, locking the screen, leaving (SEC-001)."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _

from kefu.administration.actions.door import Attempt, closed, let_in, refuse, wrong_guess
from kefu.administration.actions.sessions import leave_session
from kefu.administration.queries.factors import has_factor
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, record
from kefu.organisation.choices import SessionEnd
from kefu.organisation.models import User


@action
def try_login(*, name: str, password: str, by: User | None = None, at: datetime) -> Attempt:
    """Know somebody by login name or job number and password; `by` stays None, nobody is known yet.

    Whoever has a second factor is only half way in: `second_factor.give_code` goes on. Raises nothing.
    """
    user = _account(name)
    if user is None:
        make_password(password)  # as slow as a real check, so that names cannot be found out by the clock
        record("administration.login.unknown", by=None, at=at, kind=Kind.REFUSED)
        return Attempt(None, "wrong", _wrong())
    if (refusal := closed(user, at)) is not None:
        return refusal
    if not user.check_password(password):
        return wrong_guess(user, _wrong(), at)
    if not user.is_active:
        return refuse(user, "inactive", _("这个账号已停用，请联系管理员。"), at)
    if not has_factor(user):
        return let_in(user, at)
    record("administration.login.half_way", by=user, at=at, subject=Subject("user", user.pk), node_id=user.node_id)
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


def _wrong() -> str:
    return _("登录名或密码不对，请再核对一遍。")
