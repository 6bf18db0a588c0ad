"""Tables of the catalogue."""

from kefu.products.models.barcodes import Barcode
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
from kefu.products.models.labels import LabelCheck, MissingLabel
from kefu.products.models.lists import ProductList
from kefu.products.models.periods import PricePeriod
from kefu.products.models.prices import PriceChange
from kefu.products.models.promotions import Promotion, PromotionLine
from kefu.products.models.reports import FactReport

__all__ = [
    "Analyte",
    "Barcode",
    "Category",
    "FactReport",
    "Kit",
    "LabelCheck",
    "MissingLabel",
    "Package",
    "PackageItem",
    "PriceChange",
    "PricePeriod",
    "Product",
    "ProductList",
    "Promotion",
    "PromotionLine",
    "ReferenceRange",
    "RejectReason",
    "SampleKind",
    "SamplingGuideLine",
    "StorageClass",
    "TestItem",
]
