"""What several verbs check: telephone numbers as people write them, words that must be there, which order is meant."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import F, Sum
from django.utils.translation import gettext_lazy as _

from kefu.dispatch.choices import SIGNED
from kefu.kernel.errors import Invalid
from kefu.kernel.phones import PhoneError, normalise
from kefu.sales.models import Purchase, PurchaseLine
from kefu.stock.models import Warehouse
from kefu.stock.queries import warehouse_for


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


def packs_kept(purchases: Iterable[int]) -> dict[int, int]:
    """The packs of these orders that were signed for and not given up before they left, by id; an order that ended is not in it."""
    rows = PurchaseLine.objects.filter(purchase__in=list(purchases), purchase__state__in=SIGNED).order_by()
    sums = rows.values("purchase").annotate(packs=Sum(F("quantity") - F("withdrawn")))
    return {row["purchase"]: row["packs"] for row in sums}
