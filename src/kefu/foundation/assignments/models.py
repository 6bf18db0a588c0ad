"""Offers from colleague to colleague."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.assignments.choices import AssignmentState
from kefu.foundation.audit.trail import Subject

USER = settings.AUTH_USER_MODEL


class Assignment(models.Model):
    """One thing offered to one colleague. There is one open offer of a kind for a subject at a time."""

    kind = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    customer_id = models.BigIntegerField(null=True)
    node_id = models.BigIntegerField(null=True)
    title = models.CharField(_("事项"), max_length=200)
    offered_to = models.ForeignKey(USER, models.PROTECT, related_name="assignments_offered_to", db_index=False)
    offered_by = models.ForeignKey(USER, models.PROTECT, related_name="assignments_offered_by", db_index=False)
    offered_at = models.DateTimeField(_("提出时间"))
    reason = models.CharField(_("原因"), max_length=200)
    state = models.CharField(max_length=10, choices=AssignmentState.choices, default=AssignmentState.OFFERED)
    answered_at = models.DateTimeField(null=True)
    answer = models.CharField(_("答复"), max_length=200, blank=True)

    class Meta:
        ordering = ["-offered_at", "-id"]
        indexes = [
            models.Index(fields=["offered_to", "state", "-offered_at", "-id"], name="assignment_inbox"),
            models.Index(fields=["offered_by", "state", "-offered_at", "-id"], name="assignment_outbox"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "subject_kind", "subject_id"],
                name="assignment_one_open",
                condition=Q(state=AssignmentState.OFFERED),
            ),
            models.CheckConstraint(
                name="assignment_answered",
                condition=Q(state=AssignmentState.OFFERED, answered_at__isnull=True)
                | (~Q(state=AssignmentState.OFFERED) & Q(answered_at__isnull=False)),
            ),
            models.CheckConstraint(name="assignment_other_person", condition=~Q(offered_to=F("offered_by"))),
        ]

    @property
    def subject(self) -> Subject:
        """What is handed over."""
        return Subject(self.subject_kind, self.subject_id)
