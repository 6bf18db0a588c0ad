"""Two people at the same thing: one waits, and PostgreSQL ends what would wait for ever, or what the other has made impossible."""

from __future__ import annotations

import logging

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Refused

log = logging.getLogger(__name__)
TRY_AGAIN = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available: nothing was saved, and another try may succeed."""
TAKEN = frozenset({"23505", "23P01"})
"""Unique or exclusion constraint: somebody saved the same at the same moment; nothing of this was saved."""


def busy(error: DatabaseError) -> Refused | None:
    """The refusal to tell the person, or None for an error of another kind."""
    state = getattr(error.__cause__, "sqlstate", None)
    if state in TRY_AGAIN:
        return Refused("busy", _("别人正在修改同一项内容，没有保存，请再试一次。"))
    if state in TAKEN:
        log.warning("a write met a constraint: %s", str(error).partition("\n")[0])
        return Refused("conflict", _("和已有的数据冲突，没有保存。"))
    return None
