"""Rows that were picked in a list, as an address or a form names them."""

from __future__ import annotations

from collections.abc import Collection

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Invalid

ROW = "row"
LONGEST_ID = 18


def picked(params: QueryDict) -> tuple[int, ...] | None:
    """The ids of the picked rows; None where nothing says that rows were picked, which is all rows."""
    if ROW not in params:
        return None
    return tuple(int(value) for value in params.getlist(ROW) if value.isdecimal() and len(value) <= LONGEST_ID)


def require_picked(ids: Collection[int]) -> None:
    """Raises Invalid (`row`) where no row was picked."""
    if not ids:
        raise Invalid.one(ROW, "required", _("请先勾选要办理的行。"))
