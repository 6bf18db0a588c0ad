"""Tables of purchasing."""

from kefu.purchasing.models.deliveries import Acceptance, Allowance, Count, CountLine, Delivery
from kefu.purchasing.models.orders import OrderFact, OrderLine, OrderSending, PurchaseOrder
from kefu.purchasing.models.proposals import Proposal, ProposalLine, ProposalPlace
from kefu.purchasing.models.requests import PurchaseRequest, RequestDecision, RequestLine
from kefu.purchasing.models.suppliers import PurchasePrice, Supplier, Supply

__all__ = [
    "Acceptance",
    "Allowance",
    "Count",
    "CountLine",
    "Delivery",
    "OrderFact",
    "OrderLine",
    "OrderSending",
    "Proposal",
    "ProposalLine",
    "ProposalPlace",
    "PurchaseOrder",
    "PurchasePrice",
    "PurchaseRequest",
    "RequestDecision",
    "RequestLine",
    "Supplier",
    "Supply",
]
