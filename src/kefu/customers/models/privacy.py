"""What customers ask about their data: to rest, to be erased, to be used again; and what keeps it from being erased (SEC-001)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Asker, RequestKind, RequestState
from kefu.customers.models.contacts import IdentityCheck
from kefu.customers.models.customer import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.scopes import customer_scope
from kefu.organisation.models import User

USER = settings.AUTH_USER_MODEL


class PrivacyRequestQuerySet(models.QuerySet["PrivacyRequest"]):
    """Requests, found only within somebody's scope."""

    def visible_to(self, user: User) -> Self:
        """Those about customers whom the right to decide reaches."""
        return self.filter(customer_scope(user, CustomerPermission.PRIVACY_DECIDE, "customer__"))


class PrivacyRequest(models.Model):
    """Somebody asked that a customer's data rest, be erased or be used again: one colleague enters it, another decides."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="privacy_requests")
    kind = models.CharField(_("要求"), max_length=10, choices=RequestKind.choices)
    asker = models.CharField(_("谁提出的"), max_length=10, choices=Asker.choices)
    ground = models.CharField(_("理由"), max_length=500)
    check_made = models.ForeignKey(IdentityCheck, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(_("状态"), max_length=10, choices=RequestState.choices, default=RequestState.ASKED)
    due_on = models.DateField(_("答复期限"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    decided_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    decided_at = models.DateTimeField(null=True)
    decided_reason = models.CharField(_("决定的理由"), max_length=500, blank=True)
    done_at = models.DateTimeField(null=True)

    objects = PrivacyRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["due_on", "id"], name="privacy_request_open", condition=Q(state="asked"))]
        constraints = [
            models.UniqueConstraint(fields=["customer"], name="privacy_request_one_open", condition=Q(state="asked")),
            models.UniqueConstraint(fields=["customer"], name="privacy_request_one_waiting", condition=Q(state="waiting")),
            models.CheckConstraint(name="privacy_request_two_people", condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("by"))),
            models.CheckConstraint(
                name="privacy_request_decided_by_somebody",
                condition=Q(state="asked", decided_by__isnull=True) | (~Q(state="asked") & Q(decided_by__isnull=False)),
            ),
            models.CheckConstraint(name="privacy_request_says_why", condition=~Q(ground="")),
        ]  # fmt: skip


class LegalHold(models.Model):
    """A court, an authority or a complaint needs the data: nothing is erased until the hold is lifted."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="legal_holds")
    reason = models.CharField(_("为什么要保留"), max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    lifted_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    lifted_at = models.DateTimeField(null=True)
    lifted_reason = models.CharField(_("为什么不再保留"), max_length=200, blank=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(name="legal_hold_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="legal_hold_lifted_says_who",
                condition=Q(lifted_at__isnull=True, lifted_by__isnull=True, lifted_reason="")
                | (Q(lifted_at__isnull=False, lifted_by__isnull=False) & ~Q(lifted_reason="")),
            ),
        ]
