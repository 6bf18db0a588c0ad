"""Reading the catalogue, and putting orders together from it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from django.db.models import QuerySet

from kefu.kernel.names import normalise
from kefu.organisation.models import User
from kefu.products import rules
from kefu.products.models import (
    Analyte,
    Category,
    Kit,
    Package,
    Product,
    ReferenceRange,
    RejectReason,
    SamplingGuideLine,
    TestItem,
)
from kefu.products.models.entries import Entry
from kefu.products.queries.facts import incomplete

E = TypeVar("E", bound=Entry)


@dataclass(frozen=True)
class PricedLine:
    """A test item as it is charged: at its own price, or at its part of a package's price."""

    item: TestItem
    price: Decimal
    package: Package | None = None


@dataclass(frozen=True)
class GuideSection:
    """What to do with one kit: for these items, these instructions in this order."""

    kit: Kit
    items: tuple[TestItem, ...]
    lines: tuple[SamplingGuideLine, ...]


def products_listed(_user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[Product]:
    """The catalogue as its page shows it: by a text (`q`) and a category, all or those that lack facts (`show=incomplete`)."""
    rows = found(Product.objects.select_related("category", "storage"), asked.get("q", ""))
    if asked.get("show") == "incomplete":
        rows = rows.filter(incomplete())
    category = asked.get("category", "")
    return (rows.filter(category__code=category) if category else rows).order_by("code")


def items_listed(_user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[TestItem]:
    """Test items as their page shows them, by a text (`q`)."""
    return found(TestItem.objects.select_related("sample_kind", "kit"), asked.get("q", "")).order_by("code")


def sellable_products() -> QuerySet[Product]:
    """Products a customer can buy: in use, with a price, and with every fact their category needs (PRD-015)."""
    ready = Product.objects.filter(active=True, sold_separately=True).exclude(incomplete())
    return ready.select_related("category", "storage")


def listed_for_print(category: Category | None) -> QuerySet[Product]:
    """The products a printed list shows: on sale, of a category or all, in the order of the categories (RPT-008)."""
    rows = sellable_products().order_by("category__position", "code")
    return rows.filter(category=category) if category else rows


def orderable_items() -> QuerySet[TestItem]:
    """Test items that can be ordered."""
    return TestItem.objects.filter(active=True).select_related("sample_kind", "kit")


def orderable_packages() -> QuerySet[Package]:
    """Packages that can be ordered."""
    return Package.objects.filter(active=True).prefetch_related("lines__item")


def reject_reasons() -> QuerySet[RejectReason]:
    """Why a sample may be found unfit, in the order of the list."""
    return RejectReason.objects.all()


def found(entries: QuerySet[E], text: str) -> QuerySet[E]:
    """Entries whose code, name, pinyin or initials contain every word of the text."""
    for word in text.split():
        entries = entries.filter(search__contains=normalise(word))
    return entries


def priced_lines(items: Iterable[TestItem], packages: Iterable[Package] = ()) -> list[PricedLine]:
    """The lines of an order: single items at their price, packages opened with their price laid over their items.

    The lines of a package add up to its price to the fen (LAB-001).
    """
    lines = [PricedLine(item, item.price or Decimal(0)) for item in items]
    for package in packages:
        inside = [line.item for line in package.lines.select_related("item").order_by("position")]
        parts = rules.spread(package.price or Decimal(0), [item.price or Decimal(0) for item in inside])
        lines += [PricedLine(item, part, package) for item, part in zip(inside, parts, strict=True)]
    return lines


def order_total(items: Iterable[TestItem], packages: Iterable[Package] = ()) -> Decimal:
    """What an order costs in yuan (LAB-001). An item named twice counts twice."""
    return rules.order_total(line.price for line in priced_lines(items, packages))


def kits_for(items: Iterable[TestItem]) -> list[Kit]:
    """The kits a set of tests needs: one of each kind, in the order of the kit list."""
    wanted = {item.kit_id for item in items}
    return list(Kit.objects.filter(pk__in=wanted).select_related("product").order_by("position", "code"))


def sampling_guide(items: Sequence[TestItem]) -> list[GuideSection]:
    """One guide for several tests: grouped by kit, every instruction once, longest preparation first (LAB-003)."""
    unique = list({item.pk: item for item in items}.values())
    lines = SamplingGuideLine.objects.filter(item__in=unique).order_by("item_id", "position")
    by_item: dict[int, list[SamplingGuideLine]] = {}
    for line in lines:
        by_item.setdefault(line.item_id, []).append(line)
    return [_section(kit, [item for item in unique if item.kit_id == kit.pk], by_item) for kit in kits_for(unique)]


def _section(kit: Kit, items: Sequence[TestItem], by_item: dict[int, list[SamplingGuideLine]]) -> GuideSection:
    ordered = sorted(items, key=lambda item: item.code)
    guides = [by_item.get(item.pk, []) for item in ordered]
    words = {line.zh: line for guide in reversed(guides) for line in reversed(guide)}
    merged = rules.merge_guides([[line.zh for line in guide] for guide in guides])
    return GuideSection(kit, tuple(ordered), tuple(words[text] for text in merged))


def analytes_of(item: TestItem) -> QuerySet[Analyte]:
    """What an item measures, with its ranges, in the order of the report."""
    return Analyte.objects.filter(item=item).prefetch_related("ranges").order_by("position")


def range_for(analyte: Analyte, sex: str, age: int | None) -> ReferenceRange | None:
    """The reference range for a person of that sex (`female`, `male` or empty) and age in whole years, if any."""
    return rules.pick_range(analyte.ranges.all(), sex, age)


def flag(
    value: Decimal, limits: rules.Bounds | ReferenceRange | None, analyte: Analyte | None = None
) -> rules.FlagCode:
    """What a result says against a range and, if given, against the analyte's critical limits."""
    critical = rules.Bounds(analyte.critical_low, analyte.critical_high) if analyte else None
    return rules.flag(value, limits, critical)
