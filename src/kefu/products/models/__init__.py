"""Tables of the catalogue."""

from kefu.products.models.examinations import (
    Analyte,
    Package,
    PackageItem,
    ReferenceRange,
    RejectReason,
    SampleKind,
    SamplingGuideLine,
    TestItem,
)
from kefu.products.models.goods import Category, Kit, Product, StorageClass
from kefu.products.models.prices import PriceChange

__all__ = [
    "Analyte",
    "Category",
    "Kit",
    "Package",
    "PackageItem",
    "PriceChange",
    "Product",
    "ReferenceRange",
    "RejectReason",
    "SampleKind",
    "SamplingGuideLine",
    "StorageClass",
    "TestItem",
]
