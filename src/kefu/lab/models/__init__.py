"""Tables of the laboratory."""

from kefu.lab.models.kits import KitIssue, KitIssueLine
from kefu.lab.models.orders import Order, OrderItem, OrderVersion, ReportPromise, Signature
from kefu.lab.models.samples import Consignment, Sample

__all__ = [
    "Consignment",
    "KitIssue",
    "KitIssueLine",
    "Order",
    "OrderItem",
    "OrderVersion",
    "ReportPromise",
    "Sample",
    "Signature",
]
