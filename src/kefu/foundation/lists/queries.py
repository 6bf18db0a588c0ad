"""Reads of lists: one's views, the rows as asked for, what became of a bulk action."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import QueryDict

from kefu.foundation.access.queries import access_of
from kefu.foundation.lists.choices import RowState
from kefu.foundation.lists.models import BulkRun, SavedView, ViewChoice
from kefu.foundation.lists.picking import picked
from kefu.foundation.lists.specs import ListSpec
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import Node, User

LONGEST = 200
"""Letters of a filter's value that a view keeps."""


def views_for(user: User, spec: ListSpec[Any]) -> QuerySet[SavedView]:
    """The views of a list that are the person's own or shared with the place where he or she works, or with one above it."""
    theirs = Q(made_by=user) | Q(node__in=_upwards(user.node_id))
    return SavedView.objects.filter(theirs, list_code=spec.code, removed_at__isnull=True).select_related(
        "node", "made_by"
    )


def _upwards(node_id: int) -> list[int]:
    parents = dict(Node.objects.values_list("pk", "parent_id"))
    path, above = [node_id], parents.get(node_id)
    while above is not None:
        path.append(above)
        above = parents.get(above)
    return path


def view_of(user: User, spec: ListSpec[Any], view_id: int) -> SavedView:
    """A view the person has. Raises OutOfScope."""
    view = views_for(user, spec).filter(pk=view_id).first()
    if view is None:
        raise OutOfScope
    return view


def choices_of(user: User, views: Sequence[SavedView]) -> dict[int, ViewChoice]:
    """How the person wants each view, by its id; the others are simply shown."""
    found = ViewChoice.objects.filter(chosen_by=user, view__in=views)
    return {choice.view_id: choice for choice in found}


def may_change(user: User, spec: ListSpec[Any], view: SavedView) -> bool:
    """Whether a view is the person's to rename or remove: one's own, and shared ones where one may share."""
    if view.made_by_id == user.pk:
        return True
    return view.node_id is not None and access_of(user).may_in(spec.share, view.node_id)


def kept_filters(spec: ListSpec[Any], params: QueryDict) -> dict[str, list[str]]:
    """What of an address a view keeps: the filters of the list that say something."""
    kept = {name: [value[:LONGEST] for value in params.getlist(name) if value] for name in spec.filters}
    return {name: values for name, values in kept.items() if values}


def narrowed(spec: ListSpec[Any], user: User, params: QueryDict, at: Any) -> QuerySet[Any]:
    """The rows of an address within the person's scope; with `row`, only those."""
    rows, ids = spec.rows(user, params, at), picked(params)
    return rows if ids is None else rows.filter(pk__in=ids)


def run_of(user: User, run_id: int) -> BulkRun:
    """A bulk action of one's own. Raises OutOfScope."""
    run = BulkRun.objects.select_related("by").filter(pk=run_id, by=user).first()
    if run is None:
        raise OutOfScope
    return run


def recent_runs(user: User, spec: ListSpec[Any], most: int = 10) -> QuerySet[BulkRun]:
    """One's latest bulk actions on a list, with how many rows were done and refused."""
    counted = BulkRun.objects.filter(by=user, list_code=spec.code).exclude(started_at__isnull=True)
    return counted.annotate(
        done=Count("results", filter=Q(results__state=RowState.DONE)),
        refused=Count("results", filter=Q(results__state=RowState.REFUSED)),
    ).order_by("-id")[:most]


def tally(run: BulkRun) -> dict[str, int]:
    """Rows of a bulk action by state."""
    counted = run.results.order_by().values_list("state").annotate(rows=Count("pk"))
    return {state.value: 0 for state in RowState} | dict(counted)
