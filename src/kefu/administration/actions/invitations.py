"""Choosing a password by a link in a mail: when one is invited, and when one has forgotten it (SEC-001)."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from kefu.administration.actions.installation import ADMINISTRATOR
from kefu.administration.actions.sessions import end_sessions
from kefu.administration.limits import INVITATION_DAYS, RESET_MINUTES, RESETS_AN_HOUR
from kefu.administration.passwords import check_new
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries.links import INVITATION, MAIL, PURPOSES, RESET, can_mail, person_of
from kefu.administration.sentences import INVITATION_LOST
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.choices import Kind
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.foundation.links.actions import end_links, give_link, use_link
from kefu.foundation.links.queries import digest_of, made_since
from kefu.foundation.notices.actions import tell
from kefu.foundation.outbox.actions import put
from kefu.kernel.errors import Refused
from kefu.organisation.choices import SessionEnd
from kefu.organisation.models import User

HOUR = timedelta(hours=1)


@action
def invite(*, user: User, site: str, by: User, at: datetime) -> None:
    """Mail somebody a link with which he or she chooses a password; `site` is the address of this installation.

    Raises Refused `no_mail_server`, `no_email`, `closed_account`.
    """
    require(by, AdministrationPermission.PASSWORD_RESET, node_id=user.node_id)
    if not user.is_active:
        raise Refused("closed_account", gettext_lazy("这个账号已停用，先恢复再邀请。"))
    send_invitation(user=user, site=site, by=by, at=at)


@within_action
def send_invitation(*, user: User, site: str, by: User, at: datetime) -> None:
    """The mail itself, within the action that opens the account or repeats the invitation."""
    if not can_mail():
        raise Refused("no_mail_server", gettext_lazy("这里还没有接邮件，请当面告诉他临时密码。"))
    if not user.email:
        raise Refused("no_email", gettext_lazy("没有登记邮箱，发不了邀请。"))
    days = INVITATION_DAYS.on(at)
    lasts = timedelta(days=days)
    with override(user.language):
        subject = _("客服系统：请设自己的密码")
        text = _(
            "%(name)s，您好！\n\n客服系统的账号已开通，登录名 %(username)s。请在 %(days)s 天内打开下面的链接，设自己的密码：\n\n"
            "%(link)s\n\n链接只能用一次，请不要转发。"
        )
    _mail(user, INVITATION, lasts, site, subject, text, {"days": days}, at)
    _record("invited", user, by, at)


@action
def report_lost_invitation(*, user: User, by: User | None = None, at: datetime) -> None:
    """Let the administrators know that the mail with an invitation was given up; the person waits for it. Why stands in the outbox."""
    _record("not_delivered", user, by, at)
    tell(
        users=colleagues_with(ADMINISTRATOR, user.node_id), code="invitation_undelivered", at=at, text=INVITATION_LOST(name=user.name),
        link=reverse("administration:user", args=[user.pk]),
    )  # fmt: skip


@action
def ask_reset(*, name: str, site: str, by: User | None = None, at: datetime) -> None:
    """Somebody has forgotten a password: mail a link to the address on file, if there is one.

    Answers nothing and raises nothing, so that nobody finds out whose account exists; asked too often, nothing more is sent.
    """
    user = _account(name)
    often = user is not None and made_since(_subject(user), RESET, at - HOUR) >= RESETS_AN_HOUR.on(at)
    if user is None or not user.email or often or not can_mail():
        record("administration.password.not_mailed", by=None, at=at, subject=_subject(user) if user else None,
               kind=Kind.REFUSED)  # fmt: skip
        return
    minutes = RESET_MINUTES.on(at)
    with override(user.language):
        subject = _("客服系统：重设密码")
        text = _(
            "%(name)s，您好！\n\n有人为登录名 %(username)s 要求重设密码。如果是您，请在 %(minutes)s 分钟内打开下面的链接：\n\n"
            "%(link)s\n\n如果不是您，请不要打开链接，并告诉管理员；原密码仍然有效。"
        )
    _mail(user, RESET, timedelta(minutes=minutes), site, subject, text, {"minutes": minutes}, at)
    _record("asked", user, None, at)


@action
def choose_by_link(*, token: str, new: str, by: User | None = None, at: datetime) -> User:
    """Set the password of the account a link was mailed to; it opens a locked account, and every session ends.

    Raises Invalid (`new`; the link stays good), Refused `link_over`.
    """
    link = use_link(token=token, purposes=PURPOSES, at=at)
    user = person_of(link).select_for_update(of=("self",), no_key=True).first()
    if user is None:
        raise Refused("link_over", gettext_lazy("这个账号已停用，请找管理员。"))
    check_new(user, new)
    user.set_password(new)
    user.must_change_password, user.failed_logins, user.locked_until = False, 0, None
    user.save(update_fields=["password", "must_change_password", "failed_logins", "locked_until"])
    end_password_links(user=user, at=at)
    end_sessions(users=[user.pk], why=SessionEnd.PASSWORD, at=at)
    _record("chosen", user, user, at)
    return user


@within_action
def end_password_links(*, user: User, at: datetime) -> None:
    """Call back what was mailed: the password, the address or the account has changed."""
    end_links(subject=_subject(user), purposes=PURPOSES, at=at)


def _account(name: str) -> User | None:
    wanted = name.strip()
    if not wanted or not wanted.isprintable():
        return None
    people = User.objects.select_for_update(of=("self",), no_key=True).filter(is_system=False, is_active=True)
    return people.filter(Q(username=wanted) | Q(job_number=wanted)).first()


def _mail(
    user: User, purpose: str, lasts: timedelta, site: str, subject: str, text: str, values: dict[str, int], at: datetime
) -> None:
    token = give_link(purpose=purpose, subject=_subject(user), lasts=lasts, at=at)
    link = f"{site.rstrip('/')}/password/link/{token}/"
    body = text % {"name": user.name, "username": user.username, "link": link, **values}
    put(
        channel=MAIL, key=f"{purpose}:{digest_of(token)[:32]}", at=at, expires_at=at + lasts, subject=_subject(user),
        payload={"to": user.email, "subject": subject, "body": body, "secret": True},
    )  # fmt: skip


def _record(verb: str, user: User, by: User | None, at: datetime) -> None:
    record(f"administration.password.{verb}", by=by, at=at, subject=_subject(user), node_id=user.node_id)


def _subject(user: User) -> Subject:
    return Subject("user", user.pk)
