"""Everything that changes the catalogue."""

from kefu.products.actions.barcodes import write_barcodes
from kefu.products.actions.examinations import (
    AnalyteRange,
    GuideText,
    edit_package,
    edit_test_item,
    write_guide,
    write_ranges,
)
from kefu.products.actions.facts import need_facts, report_error, settle_report
from kefu.products.actions.goods import add_product, edit_product, remove_product
from kefu.products.actions.labels import check_labels, put_label
from kefu.products.actions.periods import end_price, set_price
from kefu.products.actions.prices import change_price
from kefu.products.actions.printing import print_list
from kefu.products.actions.promotions import Offered, decide_promotion, drop_promotion, plan_promotion
from kefu.products.actions.reviews import confirm_content

__all__ = [
    "AnalyteRange",
    "GuideText",
    "Offered",
    "add_product",
    "change_price",
    "check_labels",
    "confirm_content",
    "decide_promotion",
    "drop_promotion",
    "edit_package",
    "edit_product",
    "edit_test_item",
    "end_price",
    "need_facts",
    "plan_promotion",
    "print_list",
    "put_label",
    "remove_product",
    "report_error",
    "set_price",
    "settle_report",
    "write_barcodes",
    "write_guide",
    "write_ranges",
]
