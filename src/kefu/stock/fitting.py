"""Which goods may lie where."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from kefu.products.models import Product
from kefu.stock.models import Zone


def fits(product: Product, zone: Zone) -> bool:
    """Whether goods may lie in a zone: its climate is theirs, or it is no shelf: quarantine, or the way here (STK-008)."""
    return not zone.is_shelf or zone.storage_id == product.storage_id


def wrong_zone(product: Product, zone: Zone) -> object:
    """What to say when goods do not belong into a zone."""
    told = {"product": product.label, "needed": product.storage.label, "zone": zone.label}
    return _("%(product)s 要放在%(needed)s，不能放进%(zone)s") % told
