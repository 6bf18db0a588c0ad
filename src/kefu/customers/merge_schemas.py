"""Bodies and answers of the merge routes."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from kefu.customers.models import Merge
from kefu.foundation.api.paging import Page
from kefu.foundation.api.schemas import Code, Ident, In, Line, Moment, Out
from kefu.kernel.ids import ident


class MergeIn(In):
    """Whose archive becomes part of this customer's, how one knows, and fields taken otherwise than proposed."""

    merged: Ident = Field(alias="from")
    reason: Line
    choices: dict[Code, Code] = Field(default_factory=dict, description="field to `survivor`, `merged` or `both`")


class UndoIn(In):
    """Why a merge is taken back."""

    reason: Line


class MergeFilterIn(Page):
    """Which merges are asked for."""

    customer: Ident | None = None


class MergeOut(Out):
    """One merge; `undone_at` and `undone_by` are null while it holds."""

    id: str
    survivor: str
    merged: str
    reason: str
    by: str
    at: Moment
    undone_at: Moment | None
    undone_by: str | None


def show_merge(merge: Merge) -> dict[str, Any]:
    """A merge with its people loaded."""
    return {
        "id": ident("mrg", merge.pk), "survivor": ident("cus", merge.survivor_id), "merged": ident("cus", merge.merged_id),
        "reason": merge.reason, "by": merge.by.job_number, "at": merge.at, "undone_at": merge.undone_at,
        "undone_by": merge.undone_by.job_number if merge.undone_by else None,
    }  # fmt: skip
