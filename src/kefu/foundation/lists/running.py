"""Going through the rows of a bulk action, on the page or in a worker."""

from __future__ import annotations

from datetime import datetime

from django.http import QueryDict

from kefu.foundation.lists import actions
from kefu.foundation.lists.choices import RowState
from kefu.foundation.lists.models import BulkRun
from kefu.foundation.lists.specs import bulk_action
from kefu.foundation.ui.forms import KefuForm


def form_of(run: BulkRun, data: QueryDict | None) -> KefuForm:
    """What the verb asks once for all rows."""
    return bulk_action(run.list_code, run.action).form(data, user=run.by)


def given_in(run: BulkRun) -> QueryDict:
    """What was entered when the run began."""
    data = QueryDict(mutable=True)
    for name, values in run.given.items():
        data.setlist(name, values)
    return data


def perform(run: BulkRun, *, ring: bool, at: datetime) -> BulkRun:
    """Settle every row that still waits, one after the other, then end the run."""
    form = form_of(run, given_in(run))
    cleaned = form.cleaned_data if form.is_valid() else None
    for result in run.results.filter(state=RowState.WAITING):
        actions.settle(result=result, cleaned=cleaned, by=run.by, at=at)
    return actions.end_run(run=run, ring=ring, by=run.by, at=at)
