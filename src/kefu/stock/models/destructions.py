"""Goods that are to be destroyed: who asked, and every step until they are out of the book (STK-011, Annex 5.6)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.queries import scope
from kefu.foundation.ui.inputs import Status
from kefu.organisation.models import User
from kefu.stock.choices import (
    DESTRUCTION_DECIDING,
    DESTRUCTION_TONES,
    DestructionCause,
    DestructionMethod,
    DestructionState,
)
from kefu.stock.models.ledger import Balance
from kefu.stock.models.places import Warehouse
from kefu.stock.permissions import StockPermission

USER = settings.AUTH_USER_MODEL
WITH_PACKS = (DestructionState.VERIFIED, DestructionState.CLOSED, DestructionState.SENT_BACK)
WITH_NOTE = (
    DestructionState.REJECTED,
    DestructionState.TO_MAKER,
    DestructionState.SENT_BACK,
    DestructionState.WITHDRAWN,
)


class DestructionQuerySet(models.QuerySet["Destruction"]):
    """Requests within a user's reach, and where they are."""

    def visible_to(self, user: User) -> DestructionQuerySet:
        """Those of the warehouses whose destructions the person may see."""
        return self.filter(scope(user, StockPermission.DESTRUCTION_VIEW, node="warehouse__node_id"))

    def with_state(self) -> DestructionQuerySet:
        """With `state` and `since` of the last step, and `verified`, the packs found by who checked them."""
        steps = DestructionStep.objects.filter(destruction=OuterRef("pk")).order_by("-pk")
        found = steps.filter(kind=DestructionState.VERIFIED)
        told = {
            "state": Subquery(steps.values("kind")[:1]),
            "since": Subquery(steps.values("at")[:1]),
            "verified": Subquery(found.values("packs")[:1]),
        }
        return self.annotate(**told)


class Destruction(models.Model):
    """Packs of a lot that somebody asks to destroy. They wait in `held`, set aside; `origin` is where they lay before.

    Where it is follows from its last step; read with `with_state`. A trigger refuses to change or delete it.
    """

    number = models.CharField(_("销毁单号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="destructions", verbose_name=_("库房"))
    origin = models.ForeignKey(Balance, models.PROTECT, related_name="+", db_index=False)
    held = models.ForeignKey(Balance, models.PROTECT, related_name="+", db_index=False)
    packs = models.PositiveIntegerField(_("数量"))
    cause = models.CharField(_("销毁原因"), max_length=10, choices=DestructionCause.choices)
    reason = models.CharField(_("说明"), max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False, verbose_name=_("申请人"))
    at = models.DateTimeField(_("申请时间"))

    objects = DestructionQuerySet.as_manager()
    state: str
    since: datetime
    verified: int | None = None

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(packs__gt=0) & ~Q(reason=""), name="destruction_says_what")]

    @property
    def status(self) -> Status:
        """Where it is as it is shown: colour, icon and word."""
        state = DestructionState(self.state)
        tone, icon = DESTRUCTION_TONES[state]
        return Status(tone, icon, str(state.label))

    @property
    def counted(self) -> int:
        """The packs it is about: as found by who checked them, before that as asked for."""
        return self.packs if self.verified is None else self.verified


class DestructionStep(models.Model):
    """Who did what with a request, once each. A trigger keeps the order of Annex 5.6 and refuses to change or delete one.

    `packs` are those found when checked, or those written off in the end; `witness` stood by when the goods were destroyed.
    """

    destruction = models.ForeignKey(Destruction, models.PROTECT, related_name="steps", db_index=False)
    kind = models.CharField(_("步骤"), max_length=10, choices=DestructionState.choices)
    packs = models.PositiveIntegerField(_("数量"), null=True)
    method = models.CharField(_("销毁方式"), max_length=10, choices=DestructionMethod.choices, blank=True)
    place = models.CharField(_("销毁地点"), max_length=100, blank=True)
    witness = models.ForeignKey(
        USER, models.PROTECT, null=True, related_name="+", db_index=False, verbose_name=_("在场见证人")
    )
    note = models.CharField(_("备注"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["destruction", "kind"], name="destruction_step_once"),
            models.UniqueConstraint(
                fields=["destruction", "by"],
                condition=Q(kind__in=DESTRUCTION_DECIDING),
                name="destruction_one_hand_each",
            ),
            models.CheckConstraint(
                condition=Q(kind=DestructionState.DESTROYED, witness__isnull=False)
                & ~Q(witness=F("by"))
                & ~Q(method="")
                & ~Q(place="")
                | ~Q(kind=DestructionState.DESTROYED) & Q(witness__isnull=True, method="", place=""),
                name="destruction_before_two_people",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=WITH_PACKS, packs__isnull=False) | ~Q(kind__in=WITH_PACKS) & Q(packs__isnull=True),
                name="destruction_step_packs",
            ),
            models.CheckConstraint(
                condition=~Q(kind=DestructionState.VERIFIED) | Q(packs__gt=0), name="destruction_found_some"
            ),
            models.CheckConstraint(condition=~Q(kind__in=WITH_NOTE) | ~Q(note=""), name="destruction_end_says_why"),
        ]
