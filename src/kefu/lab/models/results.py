"""Results, each version kept (LAB-007)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.lab.choices import ResultState
from kefu.lab.models.messages import Message
from kefu.lab.models.orders import OrderItem
from kefu.products.choices import Flag
from kefu.products.models import Analyte


class ResultVersion(models.Model):
    """One value of an analyte as the laboratory sent it, with our own judgement beside the laboratory's. Never changed.

    The highest `version` of an ordered item, analyte and `sub_id` that is not `late` counts. `late`: written before a
    version that was here already, so it is kept but never counts. `low` and `high` are the range that held for the
    person's sex and age when the sample was taken; `unit_differs` means it was not compared with our range.
    """

    order_item = models.ForeignKey(OrderItem, models.PROTECT, related_name="results", db_index=False)
    analyte = models.ForeignKey(Analyte, models.PROTECT, related_name="+")
    sub_id = models.CharField(max_length=40, blank=True)
    version = models.PositiveIntegerField()
    state = models.CharField(_("状态"), max_length=12, choices=ResultState.choices)
    status_code = models.CharField(max_length=10, blank=True)
    text = models.TextField(_("结果"), blank=True)
    comparator = models.CharField(max_length=2, blank=True)
    numeric = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    unit = models.CharField(_("单位"), max_length=40, blank=True)
    unit_differs = models.BooleanField(default=False)
    low = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    high = models.DecimalField(max_digits=14, decimal_places=4, null=True)
    flag = models.CharField(_("判断"), max_length=14, choices=Flag.choices)
    lab_range = models.CharField(_("检验室参考范围"), max_length=200, blank=True)
    lab_flag = models.CharField(_("检验室标记"), max_length=40, blank=True)
    notes = models.TextField(_("备注"), blank=True)
    observed_at = models.DateTimeField(_("检测时间"), null=True)
    reported_at = models.DateTimeField(_("检验室报告时间"), null=True)
    sent_at = models.DateTimeField(_("检验室发送时间"), null=True)
    late = models.BooleanField(default=False)
    message = models.ForeignKey(Message, models.PROTECT, related_name="results")
    at = models.DateTimeField()

    class Meta:
        ordering = ["order_item_id", "analyte_id", "sub_id", "version"]
        constraints = [
            models.UniqueConstraint(
                fields=["order_item", "analyte", "sub_id", "version"], name="lab_result_version_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.order_item_id} {self.analyte_id} v{self.version}"
