"""What every way in shares: wrong guesses close the door for a while, and each attempt leaves a row (SEC-001)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from kefu.administration.limits import LOCK_MINUTES, LOGIN_FAILURES
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, record, within_action
from kefu.organisation.models import User


@dataclass(frozen=True)
class Attempt:
    """What came of a try: the person, or `code` and `message` of the refusal.

    A refusal is an answer and no exception, since the wrong guess it counts must not be rolled back.
    """

    user: User | None
    code: str = ""
    message: str = ""


@within_action
def closed(user: User, at: datetime) -> Attempt | None:
    """The refusal of an account that nothing opens at that moment; None for one that may try."""
    if user.locked_until and user.locked_until > at:
        return refuse(user, "locked", _locked_words(user.locked_until), at)
    if user.is_demo and settings.PRODUCTION:
        return refuse(user, "demo_account", _("演示账号在正式环境里不能登录，请用自己的账号。"), at)
    return None


@within_action
def wrong_guess(user: User, words: str, at: datetime) -> Attempt:
    """Count a wrong password or code, and close the door after too many."""
    user.failed_logins += 1
    if user.failed_logins >= LOGIN_FAILURES.on(at):
        user.failed_logins, user.locked_until = 0, at + timedelta(minutes=LOCK_MINUTES.on(at))
        user.save(update_fields=["failed_logins", "locked_until"])
        return refuse(user, "locked", _locked_words(user.locked_until), at)
    user.save(update_fields=["failed_logins"])
    return refuse(user, "wrong", words, at)


@within_action
def let_in(user: User, at: datetime, how: str = "password") -> Attempt:
    """Everything was right: the wrong guesses are forgotten."""
    if user.failed_logins or user.locked_until:
        user.failed_logins, user.locked_until = 0, None
        user.save(update_fields=["failed_logins", "locked_until"])
    record(
        "administration.login.done", by=user, at=at, subject=Subject("user", user.pk), node_id=user.node_id,
        changes={"how": (None, how)},
    )  # fmt: skip
    return Attempt(user)


@within_action
def refuse(user: User, code: str, message: str, at: datetime) -> Attempt:
    """Refuse, and write down whose account it was."""
    record(
        "administration.login.refused", by=None, at=at, subject=Subject("user", user.pk), node_id=user.node_id,
        kind=Kind.REFUSED, changes={"code": (None, code)},
    )  # fmt: skip
    return Attempt(None, code, message)


def _locked_words(until: datetime) -> str:
    time = timezone.localtime(until)
    return _("连续输错太多次，%(time)s 后才能再试；急用请找管理员解锁。") % {"time": f"{time:%H:%M}"}
