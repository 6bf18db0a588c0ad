"""What a password must be, and the ones that are given out to be changed."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import User

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # nothing that is read out or typed wrongly
GROUPS, GROUP = 4, 4


def temporary_password() -> str:
    """A password to be told once and changed at the first login, such as `k7fm-3xqp-w2ht-9bnd`."""
    return _grouped(GROUPS)


def recovery_code() -> str:
    """What opens the second door once when the telephone is lost, such as `k7fm-3xqp-w2ht`."""
    return _grouped(GROUPS - 1)


def check_new(user: User, new: str, field: str = "new") -> None:
    """Raise Invalid unless a new password is long enough, uncommon, unlike the person's data and not the present one."""
    if user.has_usable_password() and user.check_password(new):
        raise Invalid.one(field, "same", _("新密码不能和现在的一样。"))
    try:
        validate_password(new, user)
    except ValidationError as error:
        raise Invalid(
            FieldError(field, item.code or "weak", words)
            for item, words in zip(error.error_list, error.messages, strict=True)
        ) from error


def _grouped(groups: int) -> str:
    return "-".join("".join(secrets.choice(LETTERS) for _place in range(GROUP)) for _group in range(groups))
