"""Doctors with their qualification, and the profiles of other staff."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User
from kefu.people.choices import Employment, EntryKind, Hindrance
from kefu.people.models.credentials import Credential
from kefu.people.rules import hindrance

USER = settings.AUTH_USER_MODEL


class DoctorQuerySet(models.QuerySet["Doctor"]):
    """Doctors as people meet them."""

    def visible_to(self, user: User, permission: Permission) -> DoctorQuerySet:
        """Those of the nodes the user's right reaches."""
        return self.filter(scope(user, permission, node="user__node_id"))

    def judged(self, day: date) -> DoctorQuerySet:
        """With `lapsed`: whether a certificate they must have has run out by a day and none has taken its place."""
        return self.annotate(lapsed=_lapsed(day))

    def practising(self, day: date) -> DoctorQuerySet:
        """Those who may see customers on a day: the same rule as `Doctor.hindrance`, in the database."""
        agreed = Q(employment=Employment.FULL_TIME) | Q(agreement_signed_on__isnull=False)
        return self.filter(agreed, ~_lapsed(day), certified_on__isnull=False, user__is_active=True)


def _lapsed(day: date) -> Exists:
    return Exists(Credential.objects.lapsed(day).filter(user=OuterRef("user")))


class Specialised(models.Model):
    """Somebody with a specialty in both languages and a region served."""

    specialty_zh = models.CharField(_("专长"), max_length=200)
    specialty_en = models.CharField(_("专长（英文）"), max_length=200, blank=True)
    region = models.CharField(_("服务区域"), max_length=100, blank=True)
    introduction = models.TextField(_("介绍"), max_length=2000, blank=True)

    class Meta:
        abstract = True

    @property
    def specialty(self) -> str:
        """The specialty in the reader's language, Chinese where English is missing."""
        english = self.specialty_en and (get_language() or "").startswith("en")
        return self.specialty_en if english else self.specialty_zh


class Doctor(Specialised):
    """A functional doctor [功能医生]: how employed, what for, and who checked the qualification (ORG-002, ORG-003)."""

    user = models.OneToOneField(USER, models.PROTECT, related_name="doctor")
    employment = models.CharField(_("用工"), max_length=12, choices=Employment.choices)
    practising_since = models.PositiveSmallIntegerField(_("从业起始年"), null=True, blank=True)
    certified_on = models.DateField(_("认证日期"), null=True, blank=True)
    certified_by = models.ForeignKey(USER, models.PROTECT, null=True, blank=True, related_name="+")
    agreement_signed_on = models.DateField(_("兼职协议签署日期"), null=True, blank=True)

    objects = DoctorQuerySet.as_manager()

    class Meta:
        ordering = ["user__job_number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(certified_on__isnull=True, certified_by__isnull=True)
                | Q(certified_on__isnull=False, certified_by__isnull=False),
                name="doctor_certified_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return self.user.name

    @property
    def agreement_on_file(self) -> bool:
        """Whether the signed part-time agreement is there."""
        return self.agreement_signed_on is not None

    @property
    def hindrance(self) -> Hindrance:
        """What keeps the doctor from seeing customers; certificates that ran out count on a doctor that was `judged`."""
        return Hindrance(
            hindrance(
                employment=self.employment,
                certified_on=self.certified_on,
                agreement_signed_on=self.agreement_signed_on,
                lapsed=getattr(self, "lapsed", False),
            )
        )


class DoctorEntry(models.Model):
    """A training a doctor attended, or a case of success to learn from."""

    doctor = models.ForeignKey(Doctor, models.PROTECT, related_name="entries")
    kind = models.CharField(_("类别"), max_length=10, choices=EntryKind.choices)
    on = models.DateField(_("日期"))
    text = models.CharField(_("内容"), max_length=1000)
    shared = models.BooleanField(_("共享"), default=False)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-on", "-id"]
        indexes = [models.Index(fields=["-on", "-id"], name="doctor_case_shared", condition=Q(shared=True))]
        constraints = [
            models.CheckConstraint(condition=Q(shared=False) | Q(kind=EntryKind.CASE), name="doctor_only_cases_shared")
        ]


class StaffProfile(Specialised):
    """What customers and colleagues may read about a health manager, an adviser or a consultant (ORG-006)."""

    user = models.OneToOneField(USER, models.PROTECT, related_name="profile")
    specialty_zh = models.CharField(_("专长"), max_length=200, blank=True)
    started_on = models.DateField(_("到岗日期"), null=True, blank=True)
