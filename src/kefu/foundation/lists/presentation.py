"""What the pages of views and bulk actions print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import Access
from kefu.foundation.lists.choices import RowState, RunState
from kefu.foundation.lists.columns import chosen
from kefu.foundation.lists.models import BulkResult, BulkRun
from kefu.foundation.lists.queries import choices_of, may_change, recent_runs, tally, views_for
from kefu.foundation.lists.specs import BulkAction, ListSpec, bulk_action
from kefu.foundation.ui.inputs import Option, Status
from kefu.organisation.models import User

STATES = {
    RowState.WAITING: Status("pause", "clock-pause", RowState.WAITING.label),
    RowState.DONE: Status("done", "check", RowState.DONE.label),
    RowState.REFUSED: Status("late", "x", RowState.REFUSED.label),
}
NAMED = 8
"""Rows named before a bulk action begins."""


def view_rows(user: User, spec: ListSpec[Any]) -> list[dict[str, object]]:
    """One's views with what may be done with each."""
    views = list(views_for(user, spec))
    choices = choices_of(user, views)
    return [
        {
            "view": view, "url": f"{reverse(spec.url_name)}?{view.address}", "mine": view.made_by_id == user.pk,
            "may_change": may_change(user, spec, view), "hidden": view.pk in choices and choices[view.pk].hidden,
            "first": view.pk in choices and choices[view.pk].first,
        }
        for view in views
    ]  # fmt: skip


def run_rows(user: User, spec: ListSpec[Any]) -> list[dict[str, object]]:
    """One's latest bulk actions."""
    return [{"run": run, "verb": bulk_action(spec.code, run.action).label} for run in recent_runs(user, spec)]


def spoken(spec: ListSpec[Any], params: QueryDict) -> str:
    """The columns that a new view will have, in words."""
    return "、".join(str(column.label) for column in chosen(list(spec.columns), params.getlist("columns")))


def question(run: BulkRun, spec: ListSpec[Any], verb: BulkAction, access: Access) -> dict[str, object]:
    """Before it begins: for whom, and what will happen."""
    first = run.results.values_list("record_id", flat=True)[:NAMED]
    named = named_rows(spec, access.user, list(first))
    return {
        "run": run,
        "spec": spec,
        "verb": verb,
        "names": [one.name for one in named.values()],
        "back": reverse(spec.url_name),
    }


def named_rows(spec: ListSpec[Any], user: User, ids: list[int]) -> Mapping[int, Any]:
    """How rows are called, only those the person may still see."""
    return {record.pk: spec.named(record) for record in spec.visible(user).filter(pk__in=ids)}


def outcome(run: BulkRun, spec: ListSpec[Any], verb: BulkAction, state: str) -> dict[str, object]:
    """While it goes on and afterwards: the count, and what became of each row."""
    counted = tally(run)
    context: dict[str, object] = {
        "run": run, "spec": spec, "verb": verb, "working": run.state == RunState.RUNNING, "counted": counted,
        "settled": run.total - counted[RowState.WAITING], "back": reverse(spec.url_name),
    }  # fmt: skip
    if run.state == RunState.RUNNING:
        return context
    wanted = state if state in (RowState.DONE, RowState.REFUSED) else ""
    results = list(run.results.filter(state=wanted) if wanted else run.results.all())
    named = named_rows(spec, run.by, [result.record_id for result in results])
    options = [Option(_("全部"), "?", count=run.total, pressed=not wanted)]
    options += [
        Option(one.label, f"?state={one.value}", count=counted[one], pressed=wanted == one)
        for one in (RowState.DONE, RowState.REFUSED)
    ]
    return context | {"options": options, "rows": [_row(result, named) for result in results]}


def _row(result: BulkResult, named: Mapping[int, Any]) -> dict[str, object]:
    known = named.get(result.record_id)
    return {
        "number": known.number if known else result.place, "name": known.name if known else _("已不在您的范围内"),
        "url": known.url if known else "", "status": STATES[RowState(result.state)], "why": result.said,
    }  # fmt: skip
