"""Issuing and revoking tokens."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.foundation.api.models import ApiToken
from kefu.foundation.api.rules import hashed
from kefu.foundation.audit.trail import Subject, action, record, within_action
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User

PREFIX = "kf_"


@action
def issue_token(*, user: User, name: str, by: User | None, at: datetime) -> str:
    """Make a token that acts as the user and answer it; it cannot be read again.

    Raises Refused for an account that is closed, Invalid without a name.
    """
    name = name.strip()
    if not name or len(name) > 100:
        raise Invalid.one("name", "required", _("请写明令牌的用途，100 字以内。"))
    if not user.is_active:
        raise Refused("account_closed", _("这个账号已停用，不能发放令牌。"))
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(user=user, name=name, hash=hashed(token), created_at=at, created_by=by)
    record(
        "api.token_issued", by=by, at=at, subject=Subject("api.token", row.pk), changes={"name": (None, name), "user": (None, user.pk)}
    )  # fmt: skip
    return token


@action
def revoke_token(*, token: ApiToken, reason: str, by: User, at: datetime) -> None:
    """End a token at once. Raises Refused when it was already revoked."""
    if not ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=at):
        raise Refused("already_revoked", _("这个令牌已经作废。"))
    changes = {"revoked_at": (None, at)}
    record("api.token_revoked", by=by, at=at, subject=Subject("api.token", token.pk), changes=changes, reason=reason)


@within_action
def revoke_tokens_of(*, user: User, reason: str, by: User, at: datetime) -> int:
    """End every token of somebody who lost access, for good: a right given back later does not revive them."""
    held = list(
        ApiToken.objects.select_for_update(no_key=True).filter(user=user, revoked_at__isnull=True).order_by("pk")
    )
    for token in held:
        revoke_token(token=token, reason=reason, by=by, at=at)
    return len(held)
