"""Responses and opinions. The rate is kept as two counts, so that rates of many responses are taken over one row set (SAT-001)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import Node, User
from kefu.questionnaires.models import AnswerSheet, Questionnaire
from kefu.questionnaires.rules.scores import Satisfaction
from kefu.questionnaires.wording import worded
from kefu.surveys.choices import OpinionState, ResponseOutcome, SurveyChannel
from kefu.surveys.permissions import SurveyPermission

USER = settings.AUTH_USER_MODEL


class ResponseQuerySet(models.QuerySet["Response"]):
    """Responses within a user's scope."""

    def visible_to(self, user: User, permission: Permission = SurveyPermission.VIEW) -> ResponseQuerySet:
        """Responses of the customers the permission reaches."""
        return self.filter(customer_scope(user, permission, "customer__"))


class Response(models.Model):
    """What a customer answered to a survey on one occasion, or that he or she would not."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="survey_responses")
    survey = models.ForeignKey(Questionnaire, models.PROTECT, related_name="+")
    sheet = models.OneToOneField(AnswerSheet, models.PROTECT, null=True, related_name="+")
    node = models.ForeignKey(Node, models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=10, choices=ResponseOutcome.choices)
    channel = models.CharField(_("方式"), max_length=10, choices=SurveyChannel.choices)
    satisfied = models.PositiveSmallIntegerField(default=0)
    valid = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ResponseQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["customer", "-at"], name="survey_response_customer"),
            models.Index(fields=["survey", "node", "-at"], name="survey_response_rate"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(satisfied__lte=F("valid")), name="survey_response_counts"),
            models.CheckConstraint(
                condition=Q(outcome="completed", sheet__isnull=False)
                | Q(outcome="refused", sheet__isnull=True, valid=0),
                name="survey_response_sheet",
            ),
        ]

    @property
    def rate(self) -> Decimal | None:
        """Satisfied per hundred valid answers, one decimal; None without a valid answer."""
        return Satisfaction(self.satisfied, self.valid).rate


class Opinion(models.Model):
    """Something a customer said in his or her own words: it has a responsible role and owes the customer an answer (SAT-001)."""

    response = models.ForeignKey(Response, models.CASCADE, related_name="opinions")
    question_code = models.CharField(max_length=40)
    question = models.CharField(max_length=200)
    question_en = models.CharField(max_length=200, blank=True)
    text = models.TextField(_("意见"))
    role = models.CharField(_("责任岗位"), max_length=40)
    state = models.CharField(max_length=10, choices=OpinionState.choices, default=OpinionState.OPEN)
    due_at = models.DateTimeField()
    answer = models.TextField(_("答复"), blank=True)
    answered_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["role", "due_at"], name="opinion_open", condition=Q(state="open"))]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="answered") | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="opinion_answered_says_what",
            )
        ]

    @property
    def asked(self) -> str:
        """The question in the reader's language."""
        return worded(self.question, self.question_en)
