"""Customers, and the people caring for them, that move from one place to another in bulk (ORG-013)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.administration.permissions import AdministrationPermission
from kefu.customers.choices import MoveResult, MoveState
from kefu.customers.models.customer import Customer
from kefu.customers.models.history import OwnershipChange
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.queries import scope
from kefu.foundation.sentences.saying import speak_kept
from kefu.organisation.models import Node, Role, User

USER = settings.AUTH_USER_MODEL


class TerritoryMoveQuerySet(models.QuerySet["TerritoryMove"]):
    """Moves, found only by those whose right reaches both places."""

    def visible_to(self, user: User) -> Self:
        """Those who move customers between the two, and those who move the colleagues' roles between them."""
        seen = Q(pk__in=[])
        for right in (CustomerPermission.TERRITORY_MOVE, AdministrationPermission.ROLE_EDIT):
            reached = scope(user, right, node="source_id") & scope(user, right, node="target_id")
            if not reached:  # everywhere
                return self.all()
            seen |= reached
        return self.filter(seen)


class TerritoryMove(models.Model):
    """One move: from where to where, on which day, who takes over from those who stay behind, and how far it is.

    `narrow` is what the customers were chosen by. Owners who work at the new place keep their customers; `doctor` and
    `health_manager` take the others.
    """

    source = models.ForeignKey(Node, models.PROTECT, related_name="+", verbose_name=_("从"))
    target = models.ForeignKey(Node, models.PROTECT, related_name="+", verbose_name=_("到"), db_index=False)
    on = models.DateField(_("生效日期"))
    reason = models.CharField(_("划转的原因"), max_length=200)
    narrow = models.JSONField(default=dict)
    doctor = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    health_manager = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    state = models.CharField(max_length=10, choices=MoveState.choices, default=MoveState.DRAFT)
    made_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    made_at = models.DateTimeField()
    started_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    undone_at = models.DateTimeField(null=True)
    undone_reason = models.CharField(_("撤销的原因"), max_length=200, blank=True)

    objects = TerritoryMoveQuerySet.as_manager()

    class Meta:
        ordering = ["-made_at", "-id"]
        constraints = [
            models.CheckConstraint(name="territory_move_other_place", condition=~Q(source=F("target"))),
            models.CheckConstraint(name="territory_move_says_why", condition=~Q(reason="")),
            models.CheckConstraint(
                name="territory_move_undone_says_who",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True, undone_reason="")
                | (Q(undone_at__isnull=False, undone_by__isnull=False) & ~Q(undone_reason="")),
            ),
        ]

    @property
    def working(self) -> bool:
        """Whether it goes on in the background."""
        return self.state in (MoveState.RUNNING, MoveState.UNDOING)


class MovedCustomer(models.Model):
    """A customer of a move and what became of it: the change of owners that moved it, and what followed, as it stood before."""

    move = models.ForeignKey(TerritoryMove, models.PROTECT, related_name="customers", db_index=False)
    customer = models.ForeignKey(Customer, models.PROTECT, related_name="moves")
    result = models.CharField(max_length=10, choices=MoveResult.choices, default=MoveResult.WAITING)
    why = models.JSONField(null=True)
    change = models.OneToOneField(OwnershipChange, models.PROTECT, null=True, related_name="+")
    carried = models.JSONField(default=list)

    class Meta:
        ordering = ["move_id", "customer_id"]
        constraints = [models.UniqueConstraint(fields=["move", "customer"], name="moved_customer_once")]
        indexes = [models.Index(fields=["move", "result", "customer"], name="moved_customer_next")]

    @property
    def why_words(self) -> str:
        """Why it did not move, or did not come back, in the reader's language."""
        return speak_kept(self.why) if self.why else ""


class MovedStaff(models.Model):
    """A colleague whose role moves along: ended at the old place, given at the new one, and perhaps back again, `until` the day it was to
    last, except where it was `gone` from the new place meanwhile."""

    move = models.ForeignKey(TerritoryMove, models.PROTECT, related_name="staff", db_index=False)
    user = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    role = models.ForeignKey(Role, models.PROTECT, related_name="+", db_index=False)
    moved_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    moved_at = models.DateTimeField(null=True)
    given = models.BooleanField(default=False)  # by the move; otherwise it held there already
    until = models.DateField(null=True)
    returned_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)
    returned_at = models.DateTimeField(null=True)
    gone = models.BooleanField(default=False)

    class Meta:
        ordering = ["move_id", "id"]
        constraints = [models.UniqueConstraint(fields=["move", "user", "role"], name="moved_staff_once")]
