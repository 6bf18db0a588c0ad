"""Whom the house works with: partners and franchisees with their agreements, suppliers, workshops, carriers (ORG-007, ORG-008, ORG-012)."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import Node, User
from kefu.people.choices import Cooperation, InstitutionKind, Part, Quality
from kefu.people.permissions import PeoplePermission

USER = settings.AUTH_USER_MODEL


class InstitutionQuerySet(models.QuerySet["Institution"]):
    """Institutions as people meet them."""

    def visible_to(self, user: User, permission: Permission = PeoplePermission.INSTITUTION_VIEW) -> InstitutionQuerySet:
        """Those of the nodes the user's right reaches."""
        return self.filter(scope(user, permission, node="node_id"))


class Institution(models.Model):
    """An organisation, institution or person outside the house, at the node that looks after it (ORG-008)."""

    code = models.CharField(_("编号"), max_length=20, unique=True)
    kind = models.CharField(_("类别"), max_length=12, choices=InstitutionKind.choices)
    zh = models.CharField(_("名称"), max_length=100)
    en = models.CharField(_("名称（英文）"), max_length=100, blank=True)
    node = models.ForeignKey(Node, models.PROTECT, related_name="institutions")
    address = models.CharField(_("地址"), max_length=200, blank=True)
    person_in_charge = models.CharField(_("负责人"), max_length=60, blank=True)
    phone = models.CharField(_("电话"), max_length=20, blank=True)
    email = models.EmailField(_("邮箱"), blank=True)
    note = models.CharField(_("备注"), max_length=500, blank=True)
    version = models.PositiveIntegerField(default=1)
    closed_on = models.DateField(null=True, blank=True)

    objects = InstitutionQuerySet.as_manager()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.zh

    @property
    def label(self) -> str:
        """The name in the reader's language, Chinese where English is missing."""
        return self.en if self.en and (get_language() or "").startswith("en") else self.zh


class InstitutionRole(models.Model):
    """What the institution is to the house, from a day to a day."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="roles")
    part = models.CharField(_("角色"), max_length=20, choices=Part.choices)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["part", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "part"], condition=Q(valid_to__isnull=True), name="institution_role_once"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="institution_role_period"
            ),
        ]


class Agreement(models.Model):
    """A signed agreement of cooperation: mode, items, signing date and how long it holds (ORG-007, ORG-008)."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="agreements")
    number = models.CharField(max_length=20, unique=True)
    mode = models.CharField(_("合作方式"), max_length=12, choices=Cooperation.choices)
    items = models.JSONField(_("合作项目"), default=list)
    signed_on = models.DateField(_("签约日期"))
    valid_to = models.DateField(_("到期日"), null=True, blank=True)
    signed_by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    ended_on = models.DateField(null=True, blank=True)
    ended_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-signed_on", "-id"]
        indexes = [models.Index(fields=["valid_to"], name="agreement_ends", condition=Q(ended_on__isnull=True))]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("signed_on")), name="agreement_period"
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | ~Q(ended_reason=""), name="agreement_end_has_reason"
            ),
        ]

    def holds_on(self, day: date) -> bool:
        """Whether it is in force."""
        return (
            self.signed_on <= day
            and (self.valid_to is None or day <= self.valid_to)
            and (self.ended_on is None or day < self.ended_on)
        )


class RegionalQuality(models.Model):
    """How well a courier or carrier serves a region, as last judged (ORG-012). Earlier judgements stay."""

    institution = models.ForeignKey(Institution, models.PROTECT, related_name="regions")
    region = models.CharField(_("地区"), max_length=60)
    quality = models.CharField(_("质量"), max_length=8, choices=Quality.choices)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["region", "-at"]
        indexes = [models.Index(fields=["institution", "region", "-at"], name="regional_quality_latest")]
