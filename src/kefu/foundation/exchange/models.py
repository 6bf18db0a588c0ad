"""Imports and what their rows became."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.foundation.exchange.choices import Did, Mode, State
from kefu.foundation.files.models import StoredFile


class ImportRun(models.Model):
    """One file on its way in: who brought it, how far it is, what was found and done."""

    spec = models.CharField(max_length=60)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+")
    name = models.CharField(_("文件名"), max_length=200)
    mode = models.CharField(max_length=10, choices=Mode.choices, default=Mode.DRY)
    update = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    good = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    would_create = models.PositiveIntegerField(default=0)
    would_update = models.PositiveIntegerField(default=0)
    mapping = models.JSONField(default=dict)
    """What the titles of this file are, where the spec does not know them: names as `headers.names_of` gives them, to keys."""
    unknown_columns = models.JSONField(default=list)
    refusal = models.CharField(max_length=300, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    undo_reason = models.CharField(max_length=200, blank=True)
    undone = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["spec", "file"], condition=Q(state="done", update=False), name="import_run_written_once"
            )
        ]
        indexes = [models.Index(fields=["by", "spec", "-at"], name="import_run_mine")]

    def __str__(self) -> str:
        return f"{self.spec} {self.name}"

    @property
    def result(self) -> dict[str, Any]:
        """What was found and written, in the form of the interface; nothing written counts 0."""
        return {
            "total": self.total,
            "good": self.good,
            "bad": self.bad,
            "created": self.created,
            "updated": self.updated,
            "errors": self.errors,
        }

    @property
    def errors(self) -> list[dict[str, Any]]:
        """What is wrong, row by row."""
        wrong = self.rows.filter(did=Did.BAD).order_by("row").values_list("errors", flat=True)
        return [error for errors in wrong for error in errors]

    @property
    def goal(self) -> int:
        """How many rows the work under way goes through."""
        return self.created if self.state == State.UNDOING else self.total

    @property
    def assignable(self) -> bool:
        """Whether the columns may still be assigned: nothing is written."""
        return self.state in (State.OPEN, State.CHECKED, State.REFUSED)

    @property
    def working(self) -> bool:
        """Whether somebody is at it, or was when killed."""
        return self.state in (State.CHECKING, State.WRITING, State.UNDOING)


class ImportedRow(models.Model):
    """What a row of an import became or would become, or what is wrong with it; undo goes through these, last first."""

    run = models.ForeignKey(ImportRun, models.CASCADE, related_name="rows")
    row = models.PositiveIntegerField()
    did = models.CharField(max_length=10, choices=Did.choices)
    subject_id = models.BigIntegerField(null=True)
    errors = models.JSONField(default=list)
    undone = models.BooleanField(default=False)
    left = models.CharField(max_length=300, blank=True)  # why it was not undone

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "row"], name="imported_row_once")]
        indexes = [models.Index(fields=["run", "did", "row"], name="imported_row_did")]


class SavedMapping(models.Model):
    """What the columns of a kind of file are, under a name; proposed when a file with the same titles comes again."""

    spec = models.CharField(max_length=60)
    name = models.CharField(_("名称"), max_length=60)
    titles = models.CharField(max_length=64)
    """The fingerprint of the titles of the file it was made with."""
    columns = models.JSONField(default=dict)
    shared = models.BooleanField(_("同事也能用"), default=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["spec", "by", "name"], name="saved_mapping_name")]

    def __str__(self) -> str:
        return f"{self.spec} {self.name}"

    @classmethod
    def visible_to(cls, user: Any) -> QuerySet[SavedMapping]:
        """One's own and what colleagues share; which import it is for decides who may use it."""
        return cls.objects.filter(Q(by=user) | Q(shared=True)).select_related("by").order_by("name", "pk")
