"""The shipped catalogue: demonstration data that a physician must review and replace."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from kefu.foundation.audit.trail import action, nothing_changed, record
from kefu.organisation.models import User
from kefu.products.changing import search_text, words_of
from kefu.products.models import (
    Analyte,
    Barcode,
    Category,
    Kit,
    Package,
    PackageItem,
    Product,
    ReferenceRange,
    RejectReason,
    SampleKind,
    SamplingGuideLine,
    StorageClass,
    TestItem,
)

_FOLDER = Path(__file__).resolve().parent / "content"
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_PRODUCT_FIELDS = [
    "code",
    "zh",
    "en",
    "unit",
    "pieces_per_pack",
    "fragile",
    "min_shelf_life_months",
    "daily_intake",
    "reorder_point",
    "sold_separately",
]
_FACTS = ("material", "measurements", "features", "cautions", "special_demands")


@cache
def _read(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.load((_FOLDER / name).read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506
    return loaded


def disclaimer(language: str) -> str:
    """What stands under every page that shows shipped medical content."""
    told: dict[str, str] = _read("tests.yaml")["disclaimer"]
    return told["en" if language.startswith("en") else "zh"]


def packing_checklist() -> list[dict[str, str]]:
    """The steps of packing (STK-007): code and words."""
    steps: list[dict[str, str]] = _read("products.yaml")["packing_checklist"]
    return steps


@action
def load(*, by: User | None, at: datetime) -> dict[str, int]:
    """Add what is missing of the shipped catalogue; what exists stays as people have changed it. Answers how many of each."""
    goods, tests = _read("products.yaml"), _read("tests.yaml")
    made = {
        "categories": _coded(Category, _needing_facts(goods["categories"])),
        "storage_classes": _coded(StorageClass, goods["storage_classes"]),
        "sample_kinds": _coded(SampleKind, tests["sample_kinds"]),
        "reject_reasons": _coded(RejectReason, tests["reject_reasons"]),
        "products": _products([*goods["products"], *goods["kit_items"]]),
        "kits": _kits(tests["kits"]),
        "items": _items(tests["items"]),
        "packages": _packages(tests["packages"]),
    }
    if any(made.values()):
        record("products.content.loaded", by=by, at=at, changes={name: (None, count) for name, count in made.items()})
    else:
        nothing_changed()
    return made


def _missing(model: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    known = set(model.objects.values_list("code", flat=True))
    return [row for row in rows if row["code"] not in known]


def _coded(model: Any, rows: list[dict[str, Any]]) -> int:
    order = {row["code"]: position for position, row in enumerate(rows, 1)}
    missing = _missing(model, rows)
    model.objects.bulk_create(model(**row, position=order[row["code"]]) for row in missing)
    return len(missing)


def _needing_facts(categories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    needed = _read("facts.yaml")["needed"]
    return [row | {"needed_facts": needed} for row in categories]


def _ids(model: Any) -> dict[str, int]:
    return dict(model.objects.values_list("code", "pk"))


def _products(rows: list[dict[str, Any]]) -> int:
    categories, storages = Category.objects.in_bulk(field_name="code"), _ids(StorageClass)
    told: dict[str, dict[str, Any]] = _read("facts.yaml")["products"]
    made = [
        Product(
            **{name: row[name] for name in _PRODUCT_FIELDS if name in row},
            **{name: told[row["code"]][name] for name in _FACTS if name in told.get(row["code"], {})},
            specification=row.get("specification_zh", ""),
            price=Decimal(row["price"]) if "price" in row else None,
            category=categories[row["category"]],
            storage_id=storages[row["storage"]],
            demonstration=True,
        )
        for row in _missing(Product, rows)
    ]
    for product in made:
        product.search, product.words = search_text(product), words_of(product)
    Product.objects.bulk_create(made)
    Barcode.objects.bulk_create(
        barcode for product in made for barcode in _barcodes(product, told.get(product.code, {}))
    )
    return len(made)


def _barcodes(product: Product, told: dict[str, Any]) -> list[Barcode]:
    levels = (("gtin", 1), ("case_gtin", told.get("packs_per_case", 1)))
    return [Barcode(product=product, gtin=told[name].zfill(14), packs=packs) for name, packs in levels if name in told]


def _kits(rows: list[dict[str, Any]]) -> int:
    products, order = _ids(Product), {row["code"]: position for position, row in enumerate(rows, 1)}
    made = [
        Kit(
            code=row["code"], zh=row["zh"], en=row["en"], contents=row["contents_zh"],
            product_id=products[row["stock_item"]], position=order[row["code"]],
        )
        for row in _missing(Kit, rows)
    ]  # fmt: skip
    Kit.objects.bulk_create(made)
    return len(made)


def _items(rows: list[dict[str, Any]]) -> int:
    kinds, kits = _ids(SampleKind), _ids(Kit)
    missing = _missing(TestItem, rows)
    made = [
        TestItem(
            code=row["code"], zh=row["zh"], en=row["en"], price=Decimal(row["price"]),
            sample_kind_id=kinds[row["sample"]["kind"]], sample_quantity=row["sample"]["quantity_zh"],
            kit_id=kits[row["kit"]], sampling_sites=row["sampling_sites"], turnaround_days=row["turnaround_days"],
            repeat_months=row["repeat_months"], demonstration=True,
        )
        for row in missing
    ]  # fmt: skip
    for item in made:
        item.search = search_text(item)
    TestItem.objects.bulk_create(made)
    _guides(made, missing)
    _analytes(made, missing)
    return len(made)


def _guides(items: list[TestItem], rows: list[dict[str, Any]]) -> None:
    SamplingGuideLine.objects.bulk_create(
        SamplingGuideLine(item=item, position=position, zh=line, en="")
        for item, row in zip(items, rows, strict=True)
        for position, line in enumerate(row["sampling_guide_zh"], 1)
    )


def _analytes(items: list[TestItem], rows: list[dict[str, Any]]) -> None:
    pairs = [
        (_analyte(item, position, told), told)
        for item, row in zip(items, rows, strict=True)
        for position, told in enumerate(row["analytes"], 1)
    ]
    Analyte.objects.bulk_create(analyte for analyte, _told in pairs)
    ReferenceRange.objects.bulk_create(
        ReferenceRange(analyte=analyte, sex=one["sex"], age_from=one["age_from"], age_to=one["age_to"],
                       low=_number(one["low"]), high=_number(one["high"]))
        for analyte, told in pairs
        for one in told["ranges"]
    )  # fmt: skip


def _analyte(item: TestItem, position: int, told: dict[str, Any]) -> Analyte:
    critical = told.get("critical") or {}
    return Analyte(
        item=item, position=position, code=told["code"], zh=told["zh"], en=told["en"], unit=told["unit"] or "",
        decimals=told["decimals"], critical_low=_number(critical.get("low")), critical_high=_number(critical.get("high")),
    )  # fmt: skip


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _packages(rows: list[dict[str, Any]]) -> int:
    missing, items = _missing(Package, rows), _ids(TestItem)
    made = [
        Package(code=r["code"], zh=r["zh"], en=r["en"], price=Decimal(r["price"]), demonstration=True) for r in missing
    ]
    for package in made:
        package.search = search_text(package)
    Package.objects.bulk_create(made)
    PackageItem.objects.bulk_create(
        PackageItem(package=package, item_id=items[code], position=position)
        for package, row in zip(made, missing, strict=True)
        for position, code in enumerate(row["items"], 1)
    )
    return len(made)
