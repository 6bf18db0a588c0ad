"""The second factor: an authenticator app, and codes on paper for the day it is lost (SEC-001)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from kefu.administration.actions.door import Attempt, closed, let_in, wrong_guess
from kefu.administration.actions.sessions import end_sessions
from kefu.administration.choices import IdentityCheck
from kefu.administration.passwords import recovery_code
from kefu.administration.permissions import AdministrationPermission
from kefu.administration.queries.factors import has_factor, must_have_factor
from kefu.administration.rules import plain_code
from kefu.administration.totp import matching_step
from kefu.administration.vault import fingerprint, seal, unseal
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.choices import SessionEnd
from kefu.organisation.models import RecoveryCode, SecondFactor, User

CODES = 10
NEVER = 0


@action
def switch_on(*, secret: str, code: str, keep: int | None = None, by: User, at: datetime) -> list[str]:
    """Ask this person for a code from now on; answers ten recovery codes, told once and kept as hashes.

    The code shows that the app has taken the secret. Other sessions end: they began without it. Raises Invalid (`code`),
    Refused `already_on`.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=by.pk)
    if has_factor(by):
        raise Refused("already_on", _("两步验证已经开着了。"))
    step = matching_step(secret, plain_code(code), at, after=NEVER)
    if step is None:
        raise Invalid.one("code", "wrong", _("验证码不对，请填 App 里现在的 6 位数字；总是不对，请核对手机时间。"))
    SecondFactor.objects.create(user=by, sealed=seal(secret, by.pk), since=at, last_step=step)
    codes = _new_codes(by)
    _end_others(by, keep, at)
    _record("switched_on", by, by, at)
    return codes


@action
def give_code(*, user: User, code: str, by: User | None = None, at: datetime) -> Attempt:
    """The second step of a login: a code of the app, or one of the recovery codes, each good once. Raises nothing."""
    refusal, how = _try(user, code, at)
    return refusal or let_in(user, at, how)


@action
def renew_codes(*, code: str, by: User, at: datetime) -> tuple[Attempt, list[str]]:
    """Ten new recovery codes in place of the old ones, for a code of the app. Wrong ones are counted, none is raised."""
    refusal, _how = _try(by, code, at)
    if refusal is not None:
        return refusal, []
    codes = _new_codes(by)
    _record("codes_renewed", by, by, at)
    return Attempt(by), codes


@action
def switch_off(*, code: str, keep: int | None = None, by: User, at: datetime) -> Attempt:
    """Go without a second factor again, for a last code. Raises Refused `required_by_role`; wrong codes are counted."""
    if must_have_factor(by, at):
        raise Refused("required_by_role", _("您的角色必须用两步验证，不能关。换手机请找管理员。"))
    refusal, _how = _try(by, code, at)
    if refusal is not None:
        return refusal
    _remove(by)
    _end_others(by, keep, at)
    _record("switched_off", by, by, at)
    return Attempt(by)


@action
def remove_factor(*, user: User, reason: str, checked: str, by: User, at: datetime) -> None:
    """Take the second factor away from somebody who lost telephone and codes; every session of that person ends.

    Raises Invalid (`reason`, `checked`), Refused `yourself` or `not_on`.
    """
    require(by, AdministrationPermission.PASSWORD_RESET, node_id=user.node_id)
    require_proof(user=user, reason=reason, checked=checked, by=by)
    if not has_factor(user):
        raise Refused("not_on", _("这个账号没有开两步验证。"))
    _remove(user)
    end_sessions(users=[user.pk], why=SessionEnd.FACTOR, at=at)
    record(
        "administration.second_factor.removed", by=by, at=at, subject=Subject("user", user.pk), node_id=user.node_id,
        changes={"checked": (None, IdentityCheck(checked).value)}, reason=reason.strip(),
    )  # fmt: skip


@within_action
def require_proof(*, user: User, reason: str, checked: str, by: User) -> None:
    """Opening somebody's account by hand takes a reason and the way the person's identity was checked, and another person.

    Raises Invalid (`reason`, `checked`), Refused `yourself`.
    """
    if user.pk == by.pk:
        raise Refused("yourself", _("自己的账号请用「账号安全」来办，或请另一位管理员。"))
    errors = []
    if not reason.strip():
        errors.append(FieldError("reason", "required", _("请写明原因，例如忘了密码。")))
    if checked not in IdentityCheck.values:
        errors.append(FieldError("checked", "required", _("请选择怎样核对的身份。")))
    if errors:
        raise Invalid(errors)


def _try(user: User, code: str, at: datetime) -> tuple[Attempt | None, str]:
    """The refusal, if any, and by what the code was right. Locks the account, so that two cannot use one code."""
    locked = User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    user.failed_logins, user.locked_until = locked.failed_logins, locked.locked_until
    if (refusal := closed(user, at)) is not None:
        return refusal, ""
    how = _matches(user, plain_code(code), at)
    if not how:
        return wrong_guess(user, _("验证码不对，或者已经用过一次。请等 App 出下一个再填。"), at), ""
    return None, how


def _matches(user: User, code: str, at: datetime) -> str:
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is None:
        return ""
    secret = unseal(bytes(factor.sealed), user.pk)
    step = matching_step(secret, code, at, after=factor.last_step) if secret else None
    if step is not None:
        SecondFactor.objects.filter(pk=factor.pk).update(last_step=step)
        return "app"
    unused = RecoveryCode.objects.filter(user=user, hash=fingerprint(code), used_at__isnull=True)
    return "recovery" if unused.update(used_at=at) else ""


def _new_codes(user: User) -> list[str]:
    RecoveryCode.objects.filter(user=user).delete()
    codes = [recovery_code() for _place in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, hash=fingerprint(plain_code(code))) for code in codes)
    return codes


def _remove(user: User) -> None:
    SecondFactor.objects.filter(user=user).delete()
    RecoveryCode.objects.filter(user=user).delete()


def _end_others(by: User, keep: int | None, at: datetime) -> None:
    end_sessions(users=[by.pk], why=SessionEnd.FACTOR, at=at, keep=keep)
    by.refresh_from_db(fields=["session_generation"])


def _record(verb: str, user: User, by: User, at: datetime) -> None:
    record(f"administration.second_factor.{verb}", by=by, at=at, subject=Subject("user", user.pk), node_id=user.node_id)
