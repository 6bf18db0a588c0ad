"""How purchases leave: parcel by parcel."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from kefu.sales.choices import DeliveryMode
from kefu.sales.models.purchases import Purchase
from kefu.stock.models import IssueSlip

USER = settings.AUTH_USER_MODEL


class Shipment(models.Model):
    """A parcel: the issue slip it left by, the packing checks, who packed it, and courier and waybill or who collected it (STK-006, STK-007)."""

    purchase = models.ForeignKey(Purchase, models.PROTECT, related_name="shipments")
    slip = models.OneToOneField(IssueSlip, models.PROTECT, related_name="+")
    mode = models.CharField(_("交付方式"), max_length=8, choices=DeliveryMode.choices)
    carrier = models.CharField(_("承运方"), max_length=60, blank=True)
    waybill = models.CharField(_("运单号"), max_length=60, blank=True)
    collected_by = models.CharField(_("领取人"), max_length=60, blank=True)
    packing = models.JSONField(default=list)
    packed_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", verbose_name=_("装箱人"))
    by = models.ForeignKey(USER, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    returned_at = models.DateTimeField(null=True)
    returned_reason = models.CharField(max_length=200, blank=True)
