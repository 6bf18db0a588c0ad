"""Journeys as configuration: ordered nodes with role, deadline, status word and effect; insertable (JRN-001)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kefu.journey.choices import GateMode
from kefu.kernel.worktime import WorkAmount, WorkUnit
from kefu.organisation.models import Labelled

UNITS = [("working_hours", _("工作小时")), ("working_days", _("工作日")), ("clock_hours", _("小时"))]


def _worded(zh: str, en: str) -> str:
    return en if en and (get_language() or "").startswith("en") else zh


class JourneyTemplate(Labelled):
    """A kind of journey. The active one with the lowest id starts by itself when an archive is opened."""

    code = models.CharField(max_length=40, unique=True)
    active = models.BooleanField(_("启用"), default=True)
    correction_roles = ArrayField(models.CharField(max_length=40), default=list)
    steering_roles = ArrayField(models.CharField(max_length=40), default=list)


class Phase(Labelled):
    """A stretch of nodes: a column of the board."""

    template = models.ForeignKey(JourneyTemplate, models.CASCADE, related_name="phases")
    code = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["order"]
        constraints = [models.UniqueConstraint(fields=["template", "code"], name="phase_once")]


class NodeTemplate(Labelled):
    """A step: who may do it, until when, the status word it leaves, what completes it and what undoes it."""

    template = models.ForeignKey(JourneyTemplate, models.PROTECT, related_name="nodes")
    phase = models.ForeignKey(Phase, models.PROTECT, related_name="nodes")
    code = models.CharField(_("编码"), max_length=40)
    order = models.PositiveSmallIntegerField(_("顺序"))
    roles = ArrayField(models.CharField(max_length=40), verbose_name=_("责任岗位"))
    status_code = models.CharField(max_length=40)
    status_zh = models.CharField(_("完成后的状态"), max_length=60)
    status_en = models.CharField(_("状态（英文）"), max_length=60, blank=True)
    deadline_amount = models.PositiveSmallIntegerField(_("时限"), null=True, blank=True)
    deadline_unit = models.CharField(_("时限单位"), max_length=20, choices=UNITS, default="working_days")
    calendar_code = models.CharField(_("日历"), max_length=40, default="centre")
    clock_from = models.CharField(_("时限从什么开始"), max_length=80, blank=True)  # an event; blank: from the turn on
    optional = models.BooleanField(_("可跳过"), default=False)
    repeats = models.BooleanField(_("可重复"), default=False)
    completed_by = models.CharField(_("由什么完成"), max_length=80, blank=True)
    undone_by = ArrayField(models.CharField(max_length=80), default=list, blank=True)
    condition_zh = models.CharField(_("放行条件"), max_length=200, blank=True)
    condition_en = models.CharField(max_length=200, blank=True)
    effect_zh = models.CharField(_("系统效果"), max_length=200, blank=True)
    effect_en = models.CharField(max_length=200, blank=True)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["order"]
        constraints = [
            models.UniqueConstraint(fields=["template", "code"], name="node_code_once"),
            models.UniqueConstraint(fields=["template", "order"], name="node_order_once"),
        ]

    @property
    def status_label(self) -> str:
        """The status word a journey shows after this node."""
        return _worded(self.status_zh, self.status_en)

    @property
    def condition(self) -> str:
        """What must hold, in the reader's language."""
        return _worded(self.condition_zh, self.condition_en)

    @property
    def effect(self) -> str:
        """What the system does then, in the reader's language."""
        return _worded(self.effect_zh, self.effect_en)

    @property
    def deadline(self) -> WorkAmount | None:
        """How long the step may take; None: no deadline."""
        return WorkAmount(self.deadline_amount, WorkUnit(self.deadline_unit)) if self.deadline_amount else None

    @property
    def waits_for(self) -> str:
        """Whom the step waits for until its clock starts; empty: for nobody."""
        return str({"lab": _("检验室")}.get(self.clock_from.partition(".")[0], "")) if self.clock_from else ""

    @property
    def manual(self) -> bool:
        """Whether a person completes it on the journey page, since no other part of the system does."""
        return not self.completed_by


class NodeGate(models.Model):
    """A gate that this node guards: passable while the node is current, or from then on. No roles: the node's own."""

    node = models.ForeignKey(NodeTemplate, models.CASCADE, related_name="gates")
    gate = models.CharField(max_length=80)
    mode = models.CharField(max_length=10, choices=GateMode.choices, default=GateMode.NOW)
    roles = ArrayField(models.CharField(max_length=40), default=list, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["node", "gate"], name="node_gate_once")]


class ExtraStatus(Labelled):
    """A status word that an event sets while a node is current, such as 报告审核中."""

    node = models.ForeignKey(NodeTemplate, models.CASCADE, related_name="extra_statuses")
    code = models.CharField(max_length=40)
    set_by = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node", "code"], name="extra_status_once")]
