"""Tables of sales: purchases, how they leave, what changes after the signature, what customers like."""

from kefu.sales.models.parcels import Shipment
from kefu.sales.models.preferences import Preference
from kefu.sales.models.purchases import Purchase, PurchaseLine
from kefu.sales.models.reversals import Reversal, ReversalLine, Settlement, Shortage

__all__ = [
    "Preference",
    "Purchase",
    "PurchaseLine",
    "Reversal",
    "ReversalLine",
    "Settlement",
    "Shipment",
    "Shortage",
]
