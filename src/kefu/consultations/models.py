"""Consultations and the handovers of their drafts (JRN-004)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.consultations.choices import ConsultationState
from kefu.consultations.permissions import ConsultationPermission
from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.scopes import customer_scope
from kefu.organisation.models import User
from kefu.questionnaires.models import AnswerSheet

USER = settings.AUTH_USER_MODEL


class ConsultationQuerySet(QuerySet["Consultation"]):
    """Consultations, found only within somebody's scope."""

    def visible_to(self, user: User) -> Self:
        """Of own customers, and those one holds oneself; needs the right to consultations and to medical data."""
        rights = (ConsultationPermission.VIEW, CustomerPermission.MEDICAL_VIEW)
        first, second = (customer_scope(user, right, "customer__", owners=["doctor_id"]) for right in rights)
        return self.filter(first, second)


class Consultation(models.Model):
    """One interview of a customer by a doctor, on a sheet of one version of the questions."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="consultations", db_index=False)
    doctor = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False, verbose_name=_("医生"))
    sheet = models.OneToOneField(AnswerSheet, models.PROTECT, related_name="consultation")
    state = models.CharField(
        _("状态"), max_length=12, choices=ConsultationState.choices, default=ConsultationState.DRAFT
    )
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    reason = models.CharField(_("更正原因"), max_length=200, blank=True)
    started_at = models.DateTimeField(_("开始时间"))
    saved_at = models.DateTimeField(_("保存时间"), null=True)
    discarded_reason = models.CharField(_("作废原因"), max_length=200, blank=True)

    objects = ConsultationQuerySet.as_manager()

    class Meta:
        ordering = ["-started_at", "-id"]
        indexes = [
            models.Index(fields=["customer", "-started_at", "-id"], name="consultation_of_customer"),
            models.Index(fields=["doctor", "-started_at", "-id"], name="consultation_of_doctor"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], name="consultation_one_draft", condition=Q(state=ConsultationState.DRAFT)
            ),
            models.UniqueConstraint(
                fields=["corrects"],
                name="consultation_corrected_once",
                condition=Q(corrects__isnull=False) & ~Q(state=ConsultationState.DISCARDED),
            ),
            models.CheckConstraint(
                name="consultation_saved_has_time",
                condition=Q(state__in=[ConsultationState.DRAFT, ConsultationState.DISCARDED])
                | Q(saved_at__isnull=False),
            ),
            models.CheckConstraint(
                name="consultation_correction_says_why", condition=Q(corrects__isnull=True) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="consultation_discard_says_why",
                condition=~Q(state=ConsultationState.DISCARDED) | ~Q(discarded_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.state}"


class DraftHandover(models.Model):
    """A draft went from one doctor to another, and why."""

    consultation = models.ForeignKey(Consultation, models.PROTECT, related_name="handovers")
    giver = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    taker = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    reason = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [models.CheckConstraint(name="draft_handover_says_why", condition=~Q(reason=""))]
