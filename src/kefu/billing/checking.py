"""What makes texts and quantities of a package proper ones, and what tells a form that is sent twice from another. Plain Python."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import FieldError, Invalid

LONGEST, NAME, PAPER, MOST = 200, 80, 60, 10_000


def check_words(words: Mapping[str, str], longest: Mapping[str, int], *, optional: tuple[str, ...] = ()) -> None:
    """Raise Invalid for texts that are missing or too long."""
    errors = []
    for name, text in words.items():
        if not text.strip() and name not in optional:
            errors.append(FieldError(name, "required", _("这一项还没填")))
        elif len(text.strip()) > longest[name]:
            errors.append(FieldError(name, "too_long", _("这一项最多 %(most)d 个字") % {"most": longest[name]}))
    if errors:
        raise Invalid(errors)


def check_units(units: int) -> None:
    """Raise Invalid for no or too many units."""
    if not 1 <= units <= MOST:
        raise Invalid.one("units", "min_value", _("数量要在 1 到 10000 之间"))


def digest(*told: object) -> str:
    """What was asked for, in short: by it a form that is sent twice is told from another with the same key."""
    return sha256(repr(told).encode()).hexdigest()
