"""Questionnaires, their numbered versions, and the sheets filled in on them (JRN-004, SAT-001)."""

from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.organisation.models import Labelled
from kefu.questionnaires.choices import QuestionnaireKind, SheetState, VersionState
from kefu.questionnaires.rules.definition import Definition, read

USER = settings.AUTH_USER_MODEL


class Questionnaire(Labelled):
    """A set of questions under one code; what it asks is in its versions."""

    code = models.SlugField(_("编码"), max_length=40, unique=True)
    kind = models.CharField(_("用途"), max_length=20, choices=QuestionnaireKind.choices)
    created_at = models.DateTimeField(_("建立时间"))

    class Meta:
        ordering = ["id"]


class QuestionnaireVersion(models.Model):
    """One numbered state of the questions. Once published it never changes; a trigger refuses it."""

    questionnaire = models.ForeignKey(Questionnaire, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    state = models.CharField(_("状态"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT)
    definition = models.JSONField(default=dict)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField(_("建立时间"))
    published_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    published_at = models.DateTimeField(_("发布时间"), null=True)
    retired_at = models.DateTimeField(_("停用时间"), null=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "number"], name="questionnaire_version_number"),
            models.UniqueConstraint(
                fields=["questionnaire"], name="questionnaire_one_draft", condition=Q(state=VersionState.DRAFT)
            ),
            models.UniqueConstraint(
                fields=["questionnaire"], name="questionnaire_one_published", condition=Q(state=VersionState.PUBLISHED)
            ),
            models.CheckConstraint(
                name="questionnaire_version_dates",
                condition=Q(state=VersionState.DRAFT, published_at__isnull=True)
                | Q(state=VersionState.PUBLISHED, published_at__isnull=False, retired_at__isnull=True)
                | Q(state=VersionState.RETIRED, published_at__isnull=False, retired_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.questionnaire_id} v{self.number}"

    @cached_property
    def form(self) -> Definition:
        """The questions as records, read once per object."""
        return read(self.definition)


class AnswerSheet(models.Model):
    """The answers given on one version; scores and alerts are computed when it becomes final."""

    version = models.ForeignKey(QuestionnaireVersion, models.PROTECT, related_name="sheets")
    state = models.CharField(max_length=10, choices=SheetState.choices, default=SheetState.DRAFT)
    answers = models.JSONField(default=dict)
    scores = models.JSONField(default=list)
    alerts = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    created_at = models.DateTimeField()
    saved_at = models.DateTimeField()
    finalised_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="answer_sheet_final_has_time",
                condition=Q(state=SheetState.DRAFT, finalised_at__isnull=True)
                | Q(state=SheetState.FINAL, finalised_at__isnull=False),
            )
        ]
