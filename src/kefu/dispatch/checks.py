"""What several verbs check: telephone numbers as people write them, words that must be there, which order is meant."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Invalid
from kefu.kernel.phones import PhoneError, normalise
from kefu.sales.choices import PurchaseState
from kefu.sales.models import Purchase
from kefu.stock.models import Warehouse
from kefu.stock.queries import warehouse_for

SIGNED = (PurchaseState.SIGNED, PurchaseState.PARTLY, PurchaseState.DISPATCHED)


def number_of(text: str, field: str) -> str:
    """The stored form of a telephone number; nothing for nothing. Raises Invalid."""
    if not text.strip():
        return ""
    try:
        return normalise(text, allow_demo=not settings.PRODUCTION)
    except PhoneError as error:
        raise Invalid.one(field, "phone", _("这个电话号码不对，请核对")) from error


def words_of(text: str, field: str, most: int = 200) -> str:
    """The words without blanks around. Raises Invalid when there are none, or too many."""
    words = text.strip()
    if not words:
        raise Invalid.one(field, "required", _("这一项还没填"))
    if len(words) > most:
        raise Invalid.one(field, "too_long", _("最多 %(most)s 个字") % {"most": most})
    return words


def order_at(warehouse: Warehouse, number: str) -> Purchase:
    """The signed order of that number whose customer the warehouse serves. Raises Invalid `order`."""
    found = Purchase.objects.filter(number=number.strip().upper(), state__in=SIGNED).select_related("customer").first()
    if found is None or warehouse_for(found.customer.node_id) != warehouse:
        raise Invalid.one("order", "unknown", _("没有这个已签字的购买单号，或者不归这个库房发货"))
    return found
