"""Saved views of lists, and bulk actions with what became of each row."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kefu.foundation.lists.choices import RowState, RunState
from kefu.organisation.models import Node

USER = settings.AUTH_USER_MODEL


class SavedView(models.Model):
    """A list as somebody wants to see it again: filters, order and columns by a name; with a node, also for the colleagues there and below."""

    list_code = models.CharField(max_length=40)
    name = models.CharField(_("名称"), max_length=40)
    filters = models.JSONField(default=dict)
    order = models.CharField(max_length=40, blank=True)
    columns = ArrayField(models.CharField(max_length=40), default=list)
    node = models.ForeignKey(Node, models.PROTECT, null=True, related_name="+", db_index=False)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["list_code", "node"],
                name="view_shared",
                condition=Q(removed_at__isnull=True, node__isnull=False),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["made_by", "list_code", "name"], name="view_name_once", condition=Q(removed_at__isnull=True)
            ),
        ]

    @property
    def address(self) -> str:
        """The query that shows it: everything the list is narrowed to stands in the address."""
        query = QueryDict(mutable=True)
        query["view"] = str(self.pk)
        for name, values in self.filters.items():
            query.setlist(name, values)
        if self.order:
            query["order"] = self.order
        if self.columns:
            query.setlist("columns", self.columns)
        return query.urlencode()


class ViewChoice(models.Model):
    """How a colleague wants a view: off the tabs, or as what the list opens with."""

    view = models.ForeignKey(SavedView, models.CASCADE, related_name="choices")
    chosen_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    hidden = models.BooleanField(default=False)
    first = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["view", "chosen_by"], name="view_choice_once"),
            models.CheckConstraint(condition=~Q(hidden=True, first=True), name="view_first_is_shown"),
        ]


class BulkRun(models.Model):
    """One verb for many rows: what was asked for with it, by whom, how far it is."""

    list_code = models.CharField(max_length=40)
    action = models.CharField(max_length=40)
    given = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=RunState.choices, default=RunState.ASKED)
    total = models.PositiveIntegerField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    asked_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["by", "list_code", "-id"], name="bulk_run_mine"),
            models.Index(fields=["asked_at"], name="bulk_run_old"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=RunState.ASKED) | Q(started_at__isnull=False), name="bulk_run_started"
            ),
            models.CheckConstraint(
                condition=~Q(state=RunState.DONE) | Q(ended_at__isnull=False), name="bulk_run_ended"
            ),
        ]


class BulkResult(models.Model):
    """A row of a bulk action and what became of it. Names are read when shown, within the reader's scope; `said` is the refusal."""

    run = models.ForeignKey(BulkRun, models.CASCADE, related_name="results", db_index=False)
    place = models.PositiveIntegerField()
    record_id = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=RowState.choices, default=RowState.WAITING)
    code = models.CharField(max_length=60, blank=True)
    said = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["place"]
        constraints = [
            models.UniqueConstraint(fields=["run", "place"], name="bulk_result_place"),
            models.UniqueConstraint(fields=["run", "record_id"], name="bulk_result_once"),
        ]
