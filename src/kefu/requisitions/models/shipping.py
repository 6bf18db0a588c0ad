"""How the goods of a requisition are picked, packed, sent, counted on arrival, and what becomes of what is short."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.products.models import Product
from kefu.requisitions.choices import Outcome, PackingPoint, PickFault, Side
from kefu.requisitions.models.requisitions import Requisition
from kefu.stock.models import Balance, Lot, Reservation

USER = settings.AUTH_USER_MODEL


class Picked(models.Model):
    """Packs that were set aside, found at their place and checked by a scan (STK-005)."""

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="picked")
    reservation = models.OneToOneField(Reservation, models.PROTECT, related_name="+")
    packs = models.PositiveIntegerField(_("数量"))
    scanned = models.CharField(_("扫码内容"), max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(packs__gt=0), name="picked_packs")]


class PickMiss(models.Model):
    """Packs that were set aside and are not taken: not at their place, broken, too old, or given away by a count or a recall."""

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="misses")
    product = models.ForeignKey(Product, models.PROTECT, related_name="+", db_index=False)
    lot = models.ForeignKey(Lot, models.PROTECT, null=True, related_name="+", db_index=False)
    packs = models.PositiveIntegerField(_("数量"))
    fault = models.CharField(_("情况"), max_length=8, choices=PickFault.choices, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))


class PackingTick(models.Model):
    """Somebody looked at a point of the packing checklist (STK-007)."""

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="ticks", db_index=False)
    point = models.CharField(_("核对项"), max_length=8, choices=PackingPoint.choices)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["requisition", "point"], name="packing_tick_once")]


class Parcel(models.Model):
    """Boxes of a requisition under one waybill, or carried by hand when there is none."""

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="parcels", db_index=False)
    carrier = models.CharField(_("承运"), max_length=60)
    waybill = models.CharField(_("运单号"), max_length=60, blank=True)
    boxes = models.PositiveSmallIntegerField(_("箱数"), default=1)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["requisition", "carrier", "waybill"], name="parcel_once"),
            models.CheckConstraint(condition=Q(boxes__gt=0), name="parcel_boxes"),
        ]


class ShippedLine(models.Model):
    """Packs of one lot that were sent, in the transit zone of where they go (`balance`); the rest says where they are now."""

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="shipped", db_index=False)
    lot = models.ForeignKey(Lot, models.PROTECT, related_name="+", db_index=False)
    balance = models.ForeignKey(Balance, models.PROTECT, related_name="+", db_index=False)
    packs = models.PositiveIntegerField(_("发出"))
    accepted = models.PositiveIntegerField(_("完好收下"), default=0)
    damaged = models.PositiveIntegerField(_("破损收下"), default=0)
    found = models.PositiveIntegerField(_("后来找到"), default=0)
    back = models.PositiveIntegerField(_("退回"), default=0)
    lost = models.PositiveIntegerField(_("丢失"), default=0)

    class Meta:
        ordering = ["lot__product__code", "id"]
        constraints = [
            models.UniqueConstraint(fields=["requisition", "lot"], name="shipped_lot_once"),
            models.CheckConstraint(condition=Q(packs__gt=0), name="shipped_packs"),
            models.CheckConstraint(
                condition=Q(packs__gte=F("accepted") + F("damaged") + F("found") + F("back") + F("lost")),
                name="shipped_not_more_than_sent",
            ),
        ]

    @property
    def open(self) -> int:
        """Packs of which nobody has said yet where they are."""
        return self.packs - self.accepted - self.damaged - self.found - self.back - self.lost


class ArrivalCount(models.Model):
    """One person's count of what arrived; the second that says the same books it."""

    requisition = models.ForeignKey(Requisition, models.PROTECT, related_name="counts", db_index=False)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    agrees_with = models.OneToOneField("self", models.PROTECT, null=True, related_name="+")
    first_by = models.ForeignKey(USER, models.PROTECT, null=True, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["requisition", "id"], name="arrival_count_of")]
        constraints = [
            models.UniqueConstraint(
                fields=["requisition"], condition=Q(agrees_with__isnull=False), name="arrival_booked_once"
            ),
            models.CheckConstraint(
                condition=Q(agrees_with__isnull=True, first_by__isnull=True)
                | Q(agrees_with__isnull=False, first_by__isnull=False) & ~Q(by=F("first_by")),
                name="arrival_counted_by_two",
            ),
        ]


class ArrivalCountLine(models.Model):
    """Packs of a line that were counted good and broken; the rest is short."""

    count = models.ForeignKey(ArrivalCount, models.PROTECT, related_name="lines", db_index=False)
    line = models.ForeignKey(ShippedLine, models.PROTECT, related_name="+", db_index=False)
    accepted = models.PositiveIntegerField(_("完好"))
    damaged = models.PositiveIntegerField(_("破损"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["count", "line"], name="arrival_count_line_once")]


class Settlement(models.Model):
    """What became of short packs of a line; booked at once, or, when they are lost, once everybody concerned agreed."""

    line = models.ForeignKey(ShippedLine, models.PROTECT, related_name="settlements")
    outcome = models.CharField(_("处理"), max_length=8, choices=Outcome.choices)
    packs = models.PositiveIntegerField(_("数量"))
    reason = models.CharField(_("原因"), max_length=200)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))
    booked_at = models.DateTimeField(_("入账时间"), null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(packs__gt=0), name="settlement_packs"),
            models.CheckConstraint(condition=Q(outcome="lost") | Q(booked_at__isnull=False), name="settlement_booked"),
            models.UniqueConstraint(
                fields=["line"], condition=Q(booked_at__isnull=True), name="settlement_one_open_of_a_line"
            ),
        ]


class LossConsent(models.Model):
    """One side agrees that packs are lost; three sides are three people."""

    settlement = models.ForeignKey(Settlement, models.PROTECT, related_name="consents", db_index=False)
    side = models.CharField(_("身份"), max_length=8, choices=Side.choices)
    by = models.ForeignKey(USER, models.PROTECT, related_name="+", db_index=False)
    at = models.DateTimeField(_("时间"))

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["settlement", "side"], name="loss_side_once"),
            models.UniqueConstraint(fields=["settlement", "by"], name="loss_person_once"),
        ]
