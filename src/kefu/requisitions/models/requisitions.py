"""What a branch asks for, line by line with what was known then, and who did what with it (Annex 5.5)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.conditions import any_of
from kefu.foundation.access.queries import scope
from kefu.foundation.ui.inputs import Status
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.requisitions.choices import DECIDING, TONES, State, StepKind
from kefu.requisitions.permissions import RequisitionPermission
from kefu.stock.models import IssueSlip, Warehouse


class RequisitionQuerySet(models.QuerySet["Requisition"]):
    """Requisitions within a user's reach."""

    def visible_to(self, user: User) -> RequisitionQuerySet:
        """Those to or from warehouses at nodes the person may see requisitions of; to finance those whose figures it checks."""
        asking = scope(user, RequisitionPermission.VIEW, node="target__node_id")
        sending = scope(user, RequisitionPermission.VIEW, node="source__node_id")
        checking = scope(user, RequisitionPermission.FIGURES_VIEW, node="target__node_id")
        return self.filter(any_of(asking, sending, checking))


class Requisition(models.Model):
    """Goods that a warehouse (`target`) wants from another (`source`). `state` follows from the last step.

    `open_packs` were sent and are neither there, nor written off, nor back; with any of them it cannot be done.
    `settle_by` is the day by which a difference on arrival has to be settled.
    """

    number = models.CharField(_("申请单号"), max_length=20, unique=True)
    target = models.ForeignKey(Warehouse, models.PROTECT, related_name="requisitions", verbose_name=_("申请库房"))
    source = models.ForeignKey(Warehouse, models.PROTECT, related_name="+", verbose_name=_("发货库房"))
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.DRAFT)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("填单时间"))
    slip = models.OneToOneField(IssueSlip, models.PROTECT, null=True, related_name="+")
    open_packs = models.PositiveIntegerField(_("在途数量"), default=0)
    settle_by = models.DateField(_("差异处理期限"), null=True)

    objects = RequisitionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "-id"], name="requisition_state")]
        constraints = [
            models.CheckConstraint(condition=~Q(target=F("source")), name="requisition_between_two"),
            models.CheckConstraint(
                condition=Q(state__in=["issued", "difference", "received"], slip__isnull=False)
                | ~Q(state__in=["issued", "difference", "received"]) & Q(slip__isnull=True, open_packs=0),
                name="requisition_sent_has_slip",
            ),
            models.CheckConstraint(
                condition=~Q(state="received") | Q(open_packs=0), name="requisition_received_is_settled"
            ),
            models.CheckConstraint(
                condition=~Q(state="difference") | Q(settle_by__isnull=False), name="requisition_difference_has_day"
            ),
        ]

    @property
    def status(self) -> Status:
        """The state as it is shown: colour, icon and word."""
        tone, icon = TONES[State(self.state)]
        return Status(tone, icon, self.get_state_display())


class RequisitionLine(models.Model):
    """Packs wanted of a product and packs approved, beside what was known when the need was worked out (`rules.Need`)."""

    requisition = models.ForeignKey(Requisition, models.CASCADE, related_name="lines", db_index=False)
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    par = models.PositiveIntegerField(_("备用数量"), null=True)
    free = models.IntegerField(_("可用"))
    coming = models.IntegerField(_("在途"))
    ordered = models.IntegerField(_("已申请"))
    sold = models.IntegerField(_("近期销量"))
    waiting = models.IntegerField(_("客户待发"))
    proposed = models.PositiveIntegerField(_("建议数量"))
    wanted = models.PositiveIntegerField(_("申请数量"))
    approved = models.PositiveIntegerField(_("批准数量"), null=True)
    reason = models.CharField(_("减少原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["product__code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["requisition", "product"], name="requisition_product_once"),
            models.CheckConstraint(condition=Q(wanted__gt=0), name="requisition_line_wanted"),
            models.CheckConstraint(
                condition=Q(approved__isnull=True)
                | Q(approved=F("wanted"))
                | Q(approved__lt=F("wanted")) & ~Q(reason=""),
                name="requisition_line_less_says_why",
            ),
        ]


class RequisitionStep(models.Model):
    """Who did what with a requisition, and when. Nobody decides his own (`drafted_by`), nor twice."""

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="steps", db_index=False)
    kind = models.CharField(_("步骤"), max_length=12, choices=StepKind.choices)
    drafted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    reason = models.CharField(_("原因"), max_length=200, blank=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["requisition", "id"], name="requisition_step_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["requisition", "kind"],
                condition=~Q(kind__in=["changed", "counted"]),
                name="requisition_step_once",
            ),
            models.UniqueConstraint(
                fields=["requisition", "by"], condition=Q(kind__in=DECIDING), name="requisition_one_decision_each"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=DECIDING) | ~Q(by=F("drafted_by")), name="requisition_nobody_decides_his_own"
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["rejected", "withdrawn"]) | ~Q(reason=""), name="requisition_end_says_why"
            ),
        ]
