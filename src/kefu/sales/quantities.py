"""Which packs a customer may buy of what the doctor prescribed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Invalid, Refused
from kefu.products.models import Product
from kefu.sales.models import PurchaseLine

MOST_PACKS = 999


@dataclass(frozen=True)
class Line:
    """A product and the packs the customer buys; none means it is not wanted."""

    product: Product
    quantity: int


def check_quantities(lines: Sequence[Line], rows: Mapping[int, PurchaseLine]) -> None:
    """Raises Invalid for impossible quantities, Refused `not_prescribed`; `rows` are what was prescribed, by product id."""
    if any(not 0 <= line.quantity <= MOST_PACKS for line in lines):
        raise Invalid.one("lines", "quantity", _("数量要在 0 到 999 之间。"))
    if len({line.product.pk for line in lines}) < len(lines):
        raise Invalid.one("lines", "twice", _("同一种产品只写一行。"))
    if not any(line.quantity for line in lines):
        raise Invalid.one("lines", "required", _("还没有填数量；客户不买，请取消这张单。"))
    for line in lines:
        if line.product.pk not in rows:
            raise Refused(
                "not_prescribed", _("医生没有开 %(product)s，请先请医生补开。") % {"product": line.product.zh}
            )
