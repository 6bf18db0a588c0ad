"""Planned contacts with customers and the history of their dates. Contacts themselves are kept in messaging."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.scopes import customer_scope
from kefu.followup.choices import TONES, Basis, FollowUpKind, FollowUpState
from kefu.followup.permissions import FollowUpPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.foundation.sentences.saying import Said
from kefu.foundation.ui.inputs import Status
from kefu.journey.models import Journey
from kefu.organisation.models import User

USER = settings.AUTH_USER_MODEL
OWNERS = ("customer__doctor_id", "customer__health_manager_id", "taken_by_id")


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Follow-ups within a user's scope."""

    def visible_to(self, user: User, permission: Permission = FollowUpPermission.VIEW) -> FollowUpQuerySet:
        """Of customers one may see: own customers' ones, those one took on, those nobody took on; all, for who has the whole node."""
        mine = scope(user, permission, node="customer__node_id", owners=OWNERS, pool="taken_by_id")
        return self.filter(mine & customer_scope(user, CustomerPermission.ARCHIVE_VIEW, "customer__"))

    def due(self, until: datetime) -> FollowUpQuerySet:
        """Open ones due until a moment, the earliest first."""
        return self.filter(state=FollowUpState.OPEN, due_at__lte=until).order_by("due_at", "pk")


class FollowUp(models.Model):
    """A contact to be made with a customer: why, when, counted from what, and how it stands (FUP-001, FUP-006)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="follow_ups")
    journey = models.ForeignKey(Journey, models.PROTECT, null=True, related_name="follow_ups")
    kind = models.CharField(max_length=16, choices=FollowUpKind.choices)
    code = models.CharField(max_length=60)
    said = models.CharField(_("事由"), max_length=200)
    values = models.JSONField(default=dict)
    basis = models.CharField(_("起算"), max_length=16, choices=Basis.choices)
    basis_on = models.DateField(_("起算日"))
    due_at = models.DateTimeField(_("应于"))
    state = models.CharField(max_length=10, choices=FollowUpState.choices, default=FollowUpState.OPEN)
    attempts = models.PositiveSmallIntegerField(default=0)
    taken_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+")
    planned_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    reason = models.CharField(_("原因"), max_length=200, blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["due_at", "id"], name="followup_due", condition=Q(state="open")),
            models.Index(fields=["customer", "due_at"], name="followup_customer"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "kind", "code", "subject_kind", "subject_id"], name="followup_once",
                condition=Q(state="open"), nulls_distinct=False,
            ),
            models.CheckConstraint(condition=~Q(state="stopped") | ~Q(reason=""), name="followup_stopped_says_why"),
        ]  # fmt: skip

    @property
    def about(self) -> Said:
        """What the contact is about, to be said within another sentence."""
        return Said(self.said, self.values)

    @property
    def topic(self) -> str:
        """What the contact is about, in the reader's language."""
        return str(self.about)

    @property
    def shown(self) -> Status:
        """The state as colour, icon and word."""
        tone, icon = TONES[FollowUpState(self.state)]
        return Status(tone, icon, self.get_state_display())


class FollowUpMove(models.Model):
    """A date that changed: from when to when, by whom and why."""

    follow_up = models.ForeignKey(FollowUp, models.CASCADE, related_name="moves")
    before = models.DateTimeField()
    after = models.DateTimeField()
    reason = models.CharField(max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
