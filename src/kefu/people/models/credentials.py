"""Certificates of colleagues: number, issuer, how long they hold, and who checked the original (ORG-003, ORG-006)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User
from kefu.people.choices import CredentialKind

USER = settings.AUTH_USER_MODEL


class CredentialQuerySet(models.QuerySet["Credential"]):
    """Certificates as people meet them."""

    def visible_to(self, user: User, permission: Permission) -> CredentialQuerySet:
        """One's own, and those of colleagues the right reaches."""
        reached = scope(user, permission, node="user__node_id")
        return self.filter(reached | Q(user=user)) if reached else self.all()

    def counting(self) -> CredentialQuerySet:
        """Those not withdrawn."""
        return self.filter(withdrawn_on__isnull=True)

    def lapsed(self, day: date) -> CredentialQuerySet:
        """What somebody must have and has no more on a day: run out, and no checked one of the same kind in its place."""
        follower = Credential.objects.counting().filter(
            Q(valid_to__isnull=True) | Q(valid_to__gte=day),
            user=OuterRef("user"),
            kind=OuterRef("kind"),
            checked_on__isnull=False,
        )
        return self.counting().filter(~Exists(follower), mandatory=True, valid_to__lt=day)


class Credential(models.Model):
    """One certificate of one colleague; its scan hangs on it. A new one takes its place, it is never overwritten."""

    user = models.ForeignKey(USER, models.PROTECT, related_name="credentials")
    kind = models.CharField(_("证书"), max_length=16, choices=CredentialKind.choices)
    number = models.CharField(_("编号"), max_length=60)
    issuer = models.CharField(_("发证机关"), max_length=100)
    valid_from = models.DateField(_("发证日期"))
    valid_to = models.DateField(_("有效期至"), null=True, blank=True)
    mandatory = models.BooleanField(_("上岗必备"), default=False)
    checked_on = models.DateField(null=True, blank=True)
    checked_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_reason = models.CharField(max_length=200, blank=True)

    objects = CredentialQuerySet.as_manager()

    class Meta:
        ordering = ["kind", "-valid_from", "-id"]
        indexes = [
            models.Index(fields=["valid_to"], name="credential_ends", condition=Q(withdrawn_on__isnull=True)),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind", "number"], name="credential_once", condition=Q(withdrawn_on__isnull=True)
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="credential_period"
            ),
            models.CheckConstraint(
                condition=Q(checked_on__isnull=True, checked_by__isnull=True)
                | Q(checked_on__isnull=False, checked_by__isnull=False),
                name="credential_checked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_reason=""), name="credential_withdrawn_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"
