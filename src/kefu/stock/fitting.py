"""Which goods may lie where."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.kernel.errors import Refused
from kefu.products.models import Product
from kefu.stock.choices import Quality, ZonePurpose
from kefu.stock.models import Warehouse, Zone


def fits(product: Product, zone: Zone) -> bool:
    """Whether goods may lie in a zone: its climate is theirs, or it is no shelf: quarantine, or the way here (STK-008)."""
    return not zone.is_shelf or zone.storage_id == product.storage_id


def wrong_zone(product: Product, zone: Zone) -> object:
    """What to say when goods do not belong into a zone."""
    told = {"product": product.label, "needed": product.storage.label, "zone": zone.label}
    return _("%(product)s 要放在%(needed)s，不能放进%(zone)s") % told


def home_zone(*, warehouse: Warehouse, product: Product, quality: Quality = Quality.GOOD) -> Zone:
    """Where goods belong in a warehouse: a shelf of their climate, or quarantine when they are not good (STK-008).

    Raises Refused "wrong_climate" where there is no such shelf.
    """
    zones = list(warehouse.own_zones.order_by("code"))
    apart = next((zone for zone in zones if zone.purpose == ZonePurpose.QUARANTINE), None)
    if quality != Quality.GOOD and apart:
        return apart
    shelf = next((zone for zone in zones if zone.is_shelf and fits(product, zone)), None)
    if shelf is None:
        raise Refused("wrong_climate", _("%(warehouse)s没有适合%(product)s的库区") % {"warehouse": warehouse.label, "product": product.label})  # fmt: skip
    return shelf
