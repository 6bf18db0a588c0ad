"""Two people at the same thing: PostgreSQL lets one wait, and ends one that would wait for ever or too long."""

from __future__ import annotations

from django.db import OperationalError
from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Refused

TRY_AGAIN = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available: nothing was saved, and another try may succeed."""


def busy(error: OperationalError) -> Refused | None:
    """The refusal to tell the person, or None for an error of another kind."""
    if getattr(error.__cause__, "sqlstate", None) not in TRY_AGAIN:
        return None
    return Refused("busy", _("别人正在修改同一项内容，没有保存，请再试一次。"))
