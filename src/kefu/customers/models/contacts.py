"""How a customer is reached, whose family it is, and whether somebody really is the customer (CUS-001, CUS-002, CUS-037)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import CheckMethod, CheckResult, ContactKind, Relation
from kefu.customers.models.customer import Customer

USER = settings.AUTH_USER_MODEL


class FamilyLink(models.Model):
    """Somebody of the customer's family, with an archive of his or her own or only by name (CUS-002)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="family")
    relative = models.ForeignKey(Customer, models.PROTECT, null=True, related_name="family_of")
    name = models.CharField(_("姓名"), max_length=60, blank=True)
    relation = models.CharField(_("关系"), max_length=20, choices=Relation.choices)
    guardian = models.BooleanField(_("是监护人"), default=False)
    proxy = models.BooleanField(_("是代办人"), default=False)
    active = models.BooleanField(default=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "relative"],
                name="family_link_once",
                condition=Q(active=True, relative__isnull=False),
            ),
            models.CheckConstraint(
                name="family_link_names_somebody", condition=Q(relative__isnull=False) | ~Q(name="")
            ),
            models.CheckConstraint(name="family_link_other_person", condition=~Q(relative=F("customer"))),
        ]

    @property
    def called(self) -> str:
        """The name of the family member; reads the other archive where there is one."""
        return self.relative.name if self.relative else self.name


class ContactPoint(models.Model):
    """A way to reach the customer. One active customer owns a phone number; others share it by a family link (CUS-001)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="contacts")
    kind = models.CharField(_("种类"), max_length=10, choices=ContactKind.choices)
    value = models.CharField(_("号码"), max_length=120)
    tail = models.CharField(max_length=8, blank=True)
    owns = models.BooleanField(default=True)
    family_link = models.ForeignKey(FamilyLink, models.PROTECT, null=True, blank=True, related_name="contacts")
    active = models.BooleanField(default=True)
    doubted_at = models.DateTimeField(_("被退回的时间"), null=True)
    doubt = models.CharField(_("被退回的原因"), max_length=60, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["kind", "value"], name="contact_value", condition=Q(active=True))]
        constraints = [
            models.UniqueConstraint(
                fields=["value"],
                name="contact_phone_one_owner",
                condition=Q(kind=ContactKind.PHONE, active=True, owns=True),
            ),
            models.UniqueConstraint(
                fields=["customer", "kind", "value"], name="contact_once", condition=Q(active=True)
            ),
            models.CheckConstraint(name="contact_has_value", condition=~Q(value="")),
        ]


class IdentityCheck(models.Model):
    """Somebody's identity was checked before anything was disclosed or done: the customer's, or with a link a family member's (CUS-037)."""

    customer = models.ForeignKey(Customer, models.PROTECT, related_name="identity_checks")
    link = models.ForeignKey(
        FamilyLink, models.PROTECT, null=True, related_name="+", verbose_name=_("来人或来电的家人"), db_index=False
    )
    method = models.CharField(_("办法"), max_length=20, choices=CheckMethod.choices)
    result = models.CharField(_("结果"), max_length=10, choices=CheckResult.choices)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["customer", "-at"], name="identity_check_latest")]
