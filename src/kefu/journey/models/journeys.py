"""A customer's journeys and their history. Where a journey stands is derived from the history and kept for the board."""

from __future__ import annotations

from datetime import UTC, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from kefu.customers.models import Customer
from kefu.customers.scopes import customer_scope
from kefu.journey.choices import EntryKind, JourneyState
from kefu.journey.models.templates import JourneyTemplate, NodeTemplate
from kefu.journey.permissions import JourneyPermission
from kefu.organisation.models import User

PROMISED = Coalesce("due_at", Value(datetime(2300, 1, 1, tzinfo=UTC)))
"""Until when; what has no promise, because its clock stands still, comes after all that has."""


class JourneyQuerySet(models.QuerySet["Journey"]):
    """Journeys within a user's scope."""

    def visible_to(self, user: User) -> JourneyQuerySet:
        """Journeys of the customers the user may see."""
        return self.filter(customer_scope(user, JourneyPermission.VIEW, "customer__"))


class Journey(models.Model):
    """One way of a customer through the nodes (JRN-020). `node` is the step whose turn it is; none when it has ended."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="journeys")
    template = models.ForeignKey(JourneyTemplate, models.PROTECT)
    number = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=10, choices=JourneyState.choices, default=JourneyState.OPEN)
    node = models.ForeignKey(NodeTemplate, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    status_code = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    objects = JourneyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["node", "due_at", "id"], name="journey_turn", condition=Q(state="open")),
            models.Index("node", PROMISED, "id", name="journey_promised", condition=Q(state="open")),
            models.Index(fields=["customer", "-id"], name="journey_customer"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(state="open") | Q(node__isnull=False), name="journey_open_has_node")
        ]


class JourneyEntry(models.Model):
    """One line of history: who, in which role, when, why, and the record that did it (JRN-018). Never changed."""

    journey = models.ForeignKey(Journey, models.CASCADE, related_name="entries")
    node = models.ForeignKey(NodeTemplate, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    status_code = models.CharField(max_length=40, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    role = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField()
    reason = models.CharField(max_length=500, blank=True)
    subject_kind = models.CharField(max_length=40, blank=True)
    subject_id = models.BigIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["subject_kind", "subject_id"], name="journey_entry_subject")]
