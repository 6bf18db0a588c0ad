"""Who a token is."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.http import HttpRequest
from ninja.security import HttpBearer

from kefu.foundation.api.models import ApiToken
from kefu.foundation.api.requests import ApiRequest
from kefu.foundation.api.rules import hashed
from kefu.organisation.models import User

USED_EVERY = timedelta(minutes=1)


class Bearer(HttpBearer):
    """`Authorization: Bearer TOKEN`. A token revoked, or of a closed account, is none; the request remembers that it was one."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        """The token's user, remembered on the request."""
        known: User | None = getattr(request, "_token_user", None)
        if known is not None or (row := _row(token)) is None:
            return known
        if row.revoked_at is not None or not row.user.is_active:
            request.token_ended = True  # type: ignore[attr-defined]
            return None
        _note_use(row, request)
        request._token_user = request.user = row.user  # type: ignore[attr-defined]
        return row.user


def _row(token: str) -> ApiToken | None:
    if not token.isascii():
        return None
    return ApiToken.objects.filter(hash=hashed(token)).select_related("user", "user__node").first()


def _note_use(row: ApiToken, request: ApiRequest | HttpRequest) -> None:
    """To the minute, so that a busy program does not write a row per request."""
    at = request.at  # type: ignore[union-attr]
    if row.last_used_at is None or at - row.last_used_at >= USED_EVERY:
        stale = Q(last_used_at__isnull=True) | Q(last_used_at__lte=at - USED_EVERY)
        ApiToken.objects.filter(stale, pk=row.pk).update(last_used_at=at)
