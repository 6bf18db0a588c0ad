"""Asking leadership for money before anything goes to a manufacturer (STK-002)."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.conditions import any_of
from kefu.foundation.access.queries import scope
from kefu.kernel.money import line_total
from kefu.organisation.models import User
from kefu.purchasing.choices import RequestState, Verdict
from kefu.purchasing.models.proposals import Proposal, ProposalLine
from kefu.purchasing.models.suppliers import Supply
from kefu.purchasing.permissions import PurchasingPermission
from kefu.stock.models import Warehouse

USER = settings.AUTH_USER_MODEL


class PurchaseRequestQuerySet(models.QuerySet["PurchaseRequest"]):
    """Requests within a user's reach."""

    def visible_to(self, user: User) -> PurchaseRequestQuerySet:
        """Those for the warehouses for which the person sees purchasing or approves it."""
        rights = (PurchasingPermission.PLAN_VIEW, PurchasingPermission.APPROVE)
        return self.filter(any_of(*(scope(user, right, node="warehouse__node_id") for right in rights)))

    def waiting_for(self, user: User) -> PurchaseRequestQuerySet:
        """Open ones that the person may decide: not one's own, nor what one has agreed to already."""
        mine = self.filter(scope(user, PurchasingPermission.APPROVE, node="warehouse__node_id"))
        return mine.filter(state=RequestState.ASKED).exclude(by=user).exclude(decisions__by=user)


class PurchaseRequest(models.Model):
    """What is to be bought and why. `levels` people of the leadership must agree, as the amount asked for."""

    number = models.CharField(_("申请单号"), max_length=20, unique=True)
    warehouse = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", verbose_name=_("收货库房"))
    proposal = models.ForeignKey(Proposal, models.PROTECT, null=True, related_name="requests", db_index=False)
    reason = models.CharField(_("申请理由"), max_length=500)
    levels = models.PositiveSmallIntegerField()
    state = models.CharField(_("状态"), max_length=10, choices=RequestState.choices, default=RequestState.ASKED)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    ended_at = models.DateTimeField(null=True)

    objects = PurchaseRequestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["at"], name="request_open", condition=Q(state=RequestState.ASKED))]
        constraints = [
            models.CheckConstraint(condition=Q(levels__in=(1, 2)), name="request_levels"),
            models.CheckConstraint(
                condition=Q(state=RequestState.ASKED, ended_at__isnull=True)
                | ~Q(state=RequestState.ASKED) & Q(ended_at__isnull=False),
                name="request_ended_says_when",
            ),
        ]


class RequestLine(models.Model):
    """Packs of a product from one supplier at the price of the day of asking."""

    request = models.ForeignKey(PurchaseRequest, models.PROTECT, related_name="lines", db_index=False)
    supply = models.ForeignKey(Supply, models.PROTECT, related_name="+", verbose_name=_("品名"))
    packs = models.PositiveIntegerField(_("数量"))
    price = models.DecimalField(_("进价"), max_digits=10, decimal_places=2)
    proposal_line = models.ForeignKey(ProposalLine, models.PROTECT, null=True, related_name="asked")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "supply"], name="request_supply_once"),
            models.CheckConstraint(condition=Q(packs__gt=0, price__gte=0), name="request_line_packs"),
        ]

    @property
    def amount(self) -> Decimal:
        """Price times packs, in yuan."""
        return line_total(self.price, self.packs)


class RequestDecision(models.Model):
    """What one of the leadership said, once. `asked_by` repeats who asked, so that nobody can decide his or her own."""

    request = models.ForeignKey(PurchaseRequest, models.PROTECT, related_name="decisions", db_index=False)
    level = models.PositiveSmallIntegerField()
    verdict = models.CharField(_("审批"), max_length=10, choices=Verdict.choices)
    reason = models.CharField(_("批示"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    asked_by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["request_id", "level"]
        constraints = [
            models.UniqueConstraint(fields=["request", "level"], name="request_level_once"),
            models.UniqueConstraint(fields=["request", "by"], name="request_decided_by_two"),
            models.CheckConstraint(condition=~Q(by=F("asked_by")), name="request_not_ones_own"),
            models.CheckConstraint(condition=Q(verdict=Verdict.APPROVED) | ~Q(reason=""), name="request_no_has_reason"),
        ]
