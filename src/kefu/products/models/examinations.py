"""Test items, what they measure, how their samples are taken, and packages of them (LAB-001, LAB-003)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from kefu.organisation.models import Labelled
from kefu.products.choices import RangeSex, SamplingSite
from kefu.products.models.entries import Coded, Entry
from kefu.products.models.goods import Kit


class SampleKind(Coded):
    """Serum, urine, saliva and so on."""


class RejectReason(Coded):
    """Why a sample may be found unfit."""


class TestItem(Entry):
    """An examination that can be ordered. `turnaround_days` are laboratory working days from the accepted sample."""

    __test__ = False

    sample_kind = models.ForeignKey(SampleKind, models.PROTECT, related_name="items", verbose_name=_("样本"))
    sample_quantity = models.CharField(_("样本量"), max_length=100)
    kit = models.ForeignKey(Kit, models.PROTECT, related_name="items", verbose_name=_("检测盒"))
    sampling_sites = models.JSONField(_("采样地点"), default=list)
    turnaround_days = models.PositiveSmallIntegerField(_("出报告天数"))
    repeat_months = models.PositiveSmallIntegerField(_("复查间隔（月）"), null=True, blank=True)

    class Meta(Entry.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0) & Q(price__isnull=False), name="test_item_price"),
        ]

    @property
    def site_labels(self) -> list[str]:
        """Where the sample may be taken, in the reader's words."""
        return [str(SamplingSite(site).label) for site in self.sampling_sites]


class Package(Entry):
    """Several test items at a price of their own."""

    items: models.ManyToManyField[TestItem, PackageItem] = models.ManyToManyField(
        TestItem, through="PackageItem", related_name="packages"
    )

    class Meta(Entry.Meta):
        constraints = [
            models.CheckConstraint(condition=Q(price__gte=0) & Q(price__isnull=False), name="package_price"),
        ]


class PackageItem(models.Model):
    """A test item in a package, in order."""

    package = models.ForeignKey(Package, models.CASCADE, related_name="lines")
    item = models.ForeignKey(TestItem, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField(_("顺序"))

    class Meta:
        ordering = ["package_id", "position"]
        constraints = [models.UniqueConstraint(fields=["package", "item"], name="package_item_once")]


class Analyte(Labelled):
    """A quantity that a test item measures, with the limits beyond which somebody must be called at once."""

    item = models.ForeignKey(TestItem, models.PROTECT, related_name="analytes")
    code = models.CharField(_("编码"), max_length=20)
    unit = models.CharField(_("单位"), max_length=40, blank=True)
    decimals = models.PositiveSmallIntegerField(_("小数位"), default=2)
    position = models.PositiveSmallIntegerField(_("顺序"), default=0)
    critical_low = models.DecimalField(_("危急低值"), max_digits=14, decimal_places=4, null=True, blank=True)
    critical_high = models.DecimalField(_("危急高值"), max_digits=14, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ["item_id", "position"]
        constraints = [models.UniqueConstraint(fields=["item", "code"], name="analyte_once")]


class ReferenceRange(models.Model):
    """Bounds of an analyte for a sex and for ages in whole years, both ends included."""

    analyte = models.ForeignKey(Analyte, models.CASCADE, related_name="ranges")
    sex = models.CharField(_("性别"), max_length=8, choices=RangeSex.choices, default=RangeSex.ANY)
    age_from = models.PositiveSmallIntegerField(_("年龄自"))
    age_to = models.PositiveSmallIntegerField(_("年龄至"))
    low = models.DecimalField(_("下限"), max_digits=14, decimal_places=4, null=True, blank=True)
    high = models.DecimalField(_("上限"), max_digits=14, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ["analyte_id", "age_from", "sex"]
        constraints = [
            models.CheckConstraint(condition=Q(age_from__lte=F("age_to")), name="range_ages"),
            models.CheckConstraint(condition=Q(low__isnull=False) | Q(high__isnull=False), name="range_bounded"),
            models.CheckConstraint(
                condition=Q(low__isnull=True) | Q(high__isnull=True) | Q(low__lte=F("high")), name="range_bounds"
            ),
            models.UniqueConstraint(fields=["analyte", "sex", "age_from"], name="range_once"),
        ]


class SamplingGuideLine(Labelled):
    """One instruction of a test item's sampling guide, in order (LAB-003)."""

    item = models.ForeignKey(TestItem, models.CASCADE, related_name="guide_lines")
    position = models.PositiveSmallIntegerField(_("顺序"))

    class Meta:
        ordering = ["item_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["item", "position"], name="guide_line_position", deferrable=models.Deferrable.DEFERRED
            )
        ]
