"""Writes of the lists, a file per noun."""

from kefu.foundation.lists.actions.bulk import choose_rows, end_run, forget_runs, settle, start_run
from kefu.foundation.lists.actions.views import change_view, choose_view, keep_view, remove_view

__all__ = [
    "change_view",
    "choose_rows",
    "choose_view",
    "end_run",
    "forget_runs",
    "keep_view",
    "remove_view",
    "settle",
    "start_run",
]
