"""Where somebody is logged in: begun with the login, ended by the person, by an administrator, or by what changed (SEC-001)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.sessions.models import Session
from django.db.models import F, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from kefu.administration.limits import SESSION_HISTORY_DAYS
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries.sessions import forgotten_by_browser
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.foundation.api.actions import revoke_tokens_of
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.kernel.errors import Forbidden, Invalid
from kefu.organisation.choices import SessionEnd
from kefu.organisation.models import LoginSession, User


@action
def begin_session(*, key: str, device: str, address: str | None, by: User, at: datetime) -> LoginSession:
    """Note that a browser's session of that key is now this person's, on that device, from that address."""
    session = LoginSession.objects.create(
        user=by, key=key, device=device, address=address, began_at=at, last_seen_at=at
    )
    record(
        "administration.session.begun", by=by, at=at, subject=Subject("user", by.pk), node_id=by.node_id,
        changes={"device": (None, device), "address": (None, address)},
    )  # fmt: skip
    return session


@action
def end_session(*, session: LoginSession, by: User, at: datetime) -> None:
    """End one's own login at another screen. Raises Forbidden for somebody else's."""
    if session.user_id != by.pk:
        raise Forbidden("not_yours", _("只能结束自己的登录。"))
    if not _end(LoginSession.objects.filter(pk=session.pk), SessionEnd.ELSEWHERE, at):
        return nothing_changed()
    return _record("ended", by, by, at, 1)


@within_action
def leave_session(*, session_id: int | None, why: SessionEnd, at: datetime) -> None:
    """Close the note of a session whose browser forgets it anyway: leaving, locking the screen."""
    _end(LoginSession.objects.filter(pk=session_id or 0), why, at)


@action
def end_other_sessions(*, keep: int | None, by: User, at: datetime) -> int:
    """End one's own logins everywhere but in the session `keep`; answers how many.

    Sessions nobody noted end as well, so the kept one must be bound to the person's new generation by the caller.
    """
    ended = end_sessions(users=[by.pk], why=SessionEnd.ELSEWHERE, at=at, keep=keep)
    by.refresh_from_db(fields=["session_generation"])
    _record("ended", by, by, at, ended)
    return ended


@action
def end_sessions_of(*, user: User, reason: str, by: User, at: datetime) -> int:
    """Log somebody out everywhere, as after the loss of a telephone; answers from how many screens.

    Raises Invalid without a reason.
    """
    require(by, AdministrationPermission.USER_EDIT, node_id=user.node_id)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明为什么要让他退出。"))
    ended = end_sessions(users=[user.pk], why=SessionEnd.ADMINISTRATOR, at=at)
    _record("ended", user, by, at, ended, reason.strip())
    return ended


@within_action
def end_sessions(*, users: Iterable[int], why: SessionEnd, at: datetime, keep: int | None = None) -> int:
    """End every session of these people at once, with the change that is the reason; answers how many were noted.

    The new generation also ends sessions nobody noted. Only `keep` stays noted as open: its browser must be given the
    new generation by the caller.
    """
    people = list(users)
    User.objects.filter(pk__in=people).update(session_generation=F("session_generation") + 1)
    return _end(LoginSession.objects.filter(user__in=people).exclude(pk=keep or 0), why, at)


@within_action
def after_rights_changed(*, users: Iterable[int], by: User, at: datetime) -> None:
    """What follows from a change of roles: everybody concerned logs in anew, and whoever has no right left at all loses
    the tokens of programs too."""
    people = list(users)
    end_sessions(users=people, why=SessionEnd.ROLE, at=at)
    withdraw_tokens(users=people, by=by, at=at)


@within_action
def withdraw_tokens(*, users: Iterable[int], by: User, at: datetime) -> int:
    """Revoke the tokens of those among these people who have no right left at all; answers how many tokens."""
    holders = User.objects.filter(pk__in=list(users), api_tokens__isnull=False, api_tokens__revoked_at__isnull=True)
    return sum(
        revoke_tokens_of(user=user, reason=SessionEnd.ROLE.value, by=by, at=at)
        for user in holders.distinct()
        if not access_of(user).reaches
    )


@action
def tidy_sessions(*, by: User | None = None, at: datetime) -> int:
    """Close what browsers have let expire, and forget logins that ended long ago; answers how many were forgotten."""
    Session.objects.filter(expire_date__lt=Now()).delete()
    forgotten_by_browser().update(ended_at=at, ended_why=SessionEnd.EXPIRED)
    oldest = at - timedelta(days=SESSION_HISTORY_DAYS.on(at))
    forgotten, _by_model = LoginSession.objects.filter(ended_at__lt=oldest).delete()
    if forgotten:
        record("administration.session.forgotten", by=by, at=at, changes={"count": (None, forgotten)})
    else:
        nothing_changed()
    return forgotten


def _end(sessions: QuerySet[LoginSession], why: SessionEnd, at: datetime) -> int:
    """In both places: what the browser holds opens nothing any more, and why it ended stays to be read."""
    running = list(sessions.filter(ended_at__isnull=True).select_for_update(no_key=True).order_by("pk"))
    Session.objects.filter(session_key__in=[session.key for session in running]).delete()
    LoginSession.objects.filter(pk__in=[session.pk for session in running]).update(ended_at=at, ended_why=why)
    return len(running)


def _record(verb: str, user: User, by: User, at: datetime, count: int, reason: str = "") -> None:
    record(
        f"administration.session.{verb}", by=by, at=at, subject=Subject("user", user.pk), node_id=user.node_id,
        changes={"open": (count, 0)}, reason=reason,
    )  # fmt: skip
