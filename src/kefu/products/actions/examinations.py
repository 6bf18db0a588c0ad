"""Changing test items: what they are, how they are sampled, which values are normal; and packages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import action, nothing_changed, record
from kefu.kernel.errors import Invalid
from kefu.organisation.models import User
from kefu.products import rules
from kefu.products.changing import apply, locked, require_name, subject_of
from kefu.products.models import (
    Analyte,
    Package,
    PackageItem,
    ReferenceRange,
    SamplingGuideLine,
    TestItem,
)
from kefu.products.permissions import ProductsPermission

EDITABLE = frozenset(
    {
        "zh",
        "en",
        "sample_kind",
        "sample_quantity",
        "kit",
        "sampling_sites",
        "turnaround_days",
        "repeat_months",
        "active",
    }
)


@dataclass(frozen=True)
class GuideText:
    """One instruction of a sampling guide."""

    zh: str
    en: str = ""


@dataclass(frozen=True)
class AnalyteRange:
    """A reference range as it is entered: sex `any`, `female` or `male`, ages in whole years, both ends included."""

    sex: str
    age_from: int
    age_to: int
    low: Decimal | None = None
    high: Decimal | None = None


@action
def edit_test_item(*, item: TestItem, values: Mapping[str, object], by: User, at: datetime) -> TestItem:
    """Change what the catalogue says of a test item; fields not named stay (LAB-001). Raises Invalid."""
    require(by, ProductsPermission.CATALOGUE_EDIT)
    if unknown := values.keys() - EDITABLE:
        raise TypeError(f"not fields of a test item: {sorted(unknown)}")
    require_name(values)
    if "sampling_sites" in values and not values["sampling_sites"]:
        raise Invalid.one("sampling_sites", "required", _("至少选一个采样地点"))
    current = locked(item)
    changes = apply(current, values)
    if not changes:
        nothing_changed()
        return current
    current.save()
    record("products.item.edited", by=by, at=at, subject=subject_of(current), changes=changes)
    return current


@action
def edit_package(
    *, package: Package, zh: str, en: str, active: bool, items: Sequence[TestItem], by: User, at: datetime
) -> Package:
    """Change a package's names, contents and use; orders already placed keep their lines. Raises Invalid when empty."""
    require(by, ProductsPermission.CATALOGUE_EDIT)
    require_name({"zh": zh})
    if not items:
        raise Invalid.one("items", "required", _("套餐里至少要有一个项目"))
    current = locked(package)
    changes = apply(current, {"zh": zh, "en": en, "active": active})
    before = list(current.lines.order_by("position").values_list("item__code", flat=True))
    after = [item.code for item in items]
    if before != after:
        changes["items"] = ("、".join(before), "、".join(after))
        current.lines.all().delete()
        PackageItem.objects.bulk_create(
            PackageItem(package=current, item=i, position=n) for n, i in enumerate(items, 1)
        )
    if not changes:
        nothing_changed()
        return current
    current.save()
    record("products.package.edited", by=by, at=at, subject=subject_of(current), changes=changes)
    return current


@action
def write_guide(*, item: TestItem, lines: Sequence[GuideText], by: User, at: datetime) -> list[SamplingGuideLine]:
    """Write a test item's sampling guide anew, line by line in this order; empty lines fall away (LAB-003).

    Raises Invalid when no line is left.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    wanted = [GuideText(line.zh.strip(), line.en.strip()) for line in lines if line.zh.strip()]
    if not wanted:
        raise Invalid.one("lines", "required", _("采样指南至少要有一条"))
    current = locked(item)
    before = [GuideText(line.zh, line.en) for line in current.guide_lines.order_by("position")]
    if before == wanted:
        nothing_changed()
        return list(current.guide_lines.order_by("position"))
    current.guide_lines.all().delete()
    made = SamplingGuideLine.objects.bulk_create(
        SamplingGuideLine(item=current, position=n, zh=line.zh, en=line.en) for n, line in enumerate(wanted, 1)
    )
    changes = {"lines": ("\n".join(line.zh for line in before), "\n".join(line.zh for line in wanted))}
    record("products.guide.written", by=by, at=at, subject=subject_of(current), changes=changes)
    return made


@action
def write_ranges(
    *,
    analyte: Analyte,
    ranges: Sequence[AnalyteRange],
    critical: rules.Bounds,
    by: User,
    at: datetime,
) -> list[ReferenceRange]:
    """Write an analyte's reference ranges and critical limits anew. Results already reported keep the ranges they were read by.

    Raises Invalid when ages or limits are the wrong way round or two ranges of one sex overlap.
    """
    require(by, ProductsPermission.CATALOGUE_EDIT)
    _check_ranges(ranges)
    _check_critical(critical)
    current = Analyte.objects.select_for_update(no_key=True).get(pk=analyte.pk)
    before = _told(current.ranges.all(), rules.Bounds(current.critical_low, current.critical_high))
    current.ranges.all().delete()
    made = ReferenceRange.objects.bulk_create(ReferenceRange(analyte=current, **vars(one)) for one in ranges)
    current.critical_low, current.critical_high = critical.low, critical.high
    current.save(update_fields=["critical_low", "critical_high"])
    changes = {current.code: (before, _told(made, critical))}
    record("products.ranges.written", by=by, at=at, subject=subject_of(current.item), changes=changes)
    return made


def _check_ranges(ranges: Sequence[AnalyteRange]) -> None:
    for one in ranges:
        if one.age_from > one.age_to:
            raise Invalid.one("ranges", "ages", _("年龄要从小到大填"))
        if one.low is None and one.high is None:
            raise Invalid.one("ranges", "limits", _("上限和下限至少填一个"))
        if one.low is not None and one.high is not None and one.low > one.high:
            raise Invalid.one("ranges", "limits", _("下限不能大于上限"))
    if rules.overlaps(ranges):
        raise Invalid.one("ranges", "overlap", _("同一性别的年龄段有重叠"))


def _check_critical(critical: rules.Bounds) -> None:
    if critical.low is not None and critical.high is not None and critical.low >= critical.high:
        raise Invalid.one("critical_low", "limits", _("危急低值要小于危急高值"))


def _told(ranges: Iterable[ReferenceRange], critical: rules.Bounds) -> str:
    parts = [f"{r.sex} {r.age_from}-{r.age_to}: {_plain(r.low)}~{_plain(r.high)}" for r in ranges]
    return "; ".join([*parts, f"critical: {_plain(critical.low)}~{_plain(critical.high)}"])


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"
