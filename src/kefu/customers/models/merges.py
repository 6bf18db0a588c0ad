"""Two archives of one person: what a merge did, row by row, and who may be the same or is certainly not."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Likeness
from kefu.customers.models.customer import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.rules import Permission
from kefu.organisation.models import User

USER = settings.AUTH_USER_MODEL


class MergeQuerySet(models.QuerySet["Merge"]):
    """Merges, found only within somebody's scope."""

    def visible_to(self, user: User, permission: Permission = CustomerPermission.MERGE) -> Self:
        """Those whose surviving customer the permission reaches."""
        return self.filter(customer_scope(user, permission, "survivor__"))


class Merge(models.Model):
    """One customer became part of another: by whom, when and why, and who took that back.

    `fields` are the surviving archive's changed fields before and after, concealed under the survivor's key.
    """

    survivor = models.ForeignKey(Customer, models.PROTECT, related_name="merges")
    merged = models.ForeignKey(Customer, models.PROTECT, related_name="merged_by")
    reason = models.CharField(_("合并的原因"), max_length=200)
    fields = models.BinaryField(null=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField()
    undone_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(_("撤销的原因"), max_length=200, blank=True)

    objects = MergeQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(name="merge_other_person", condition=~Q(survivor=F("merged"))),
            models.CheckConstraint(name="merge_says_why", condition=~Q(reason="")),
            models.UniqueConstraint(fields=["merged"], name="merge_once", condition=Q(undone_at__isnull=True)),
            models.CheckConstraint(
                name="merge_undone_says_who",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, undone_reason="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_reason="")),
            ),
        ]


class MergeMove(models.Model):
    """Rows of one table that stood alike and were written alike by a merge: what stood before, what stands after."""

    merge = models.ForeignKey(Merge, models.PROTECT, related_name="moves")
    model = models.CharField(max_length=80)
    rows = ArrayField(models.BigIntegerField())
    before = models.JSONField()
    after = models.JSONField()

    class Meta:
        ordering = ["id"]


class LikePairQuerySet(models.QuerySet["LikePair"]):
    """Pairs, found only where both customers are within somebody's scope."""

    def visible_to(self, user: User) -> Self:
        """Pairs of which both are reached by the right to merge and neither is part of another customer."""
        first, second = (customer_scope(user, CustomerPermission.MERGE, f"{side}__") for side in ("first", "second"))
        apart = Q(first__merged_into__isnull=True, second__merged_into__isnull=True)
        return self.filter(first & second & apart)


class LikePair(models.Model):
    """Two customers who may be one person, and why; or who are certainly two, as somebody found out."""

    first = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    second = models.ForeignKey(Customer, models.PROTECT, related_name="+")
    why = models.PositiveSmallIntegerField(choices=Likeness.choices)
    found_at = models.DateTimeField()
    dismissed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    dismissed_at = models.DateTimeField(null=True)
    dismissed_reason = models.CharField(_("为什么不是同一个人"), max_length=200, blank=True)

    objects = LikePairQuerySet.as_manager()

    class Meta:
        ordering = ["-why", "-id"]
        indexes = [models.Index(fields=["-why", "-id"], name="like_pair_open", condition=Q(dismissed_at__isnull=True))]
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="like_pair_once"),
            models.CheckConstraint(name="like_pair_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(
                name="like_pair_dismissed_says_who",
                condition=Q(dismissed_at__isnull=True, dismissed_by__isnull=True)
                | (Q(dismissed_at__isnull=False, dismissed_by__isnull=False) & ~Q(dismissed_reason="")),
            ),
        ]
