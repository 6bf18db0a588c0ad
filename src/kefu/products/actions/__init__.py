"""Everything that changes the catalogue."""

from kefu.products.actions.examinations import (
    AnalyteRange,
    GuideText,
    edit_package,
    edit_test_item,
    write_guide,
    write_ranges,
)
from kefu.products.actions.goods import add_product, edit_product, remove_product
from kefu.products.actions.prices import change_price
from kefu.products.actions.reviews import confirm_content

__all__ = [
    "AnalyteRange",
    "GuideText",
    "add_product",
    "change_price",
    "confirm_content",
    "edit_package",
    "edit_product",
    "edit_test_item",
    "remove_product",
    "write_guide",
    "write_ranges",
]
