"""Everything that changes purchasing."""

from kefu.purchasing.actions.approving import decide_request
from kefu.purchasing.actions.delivering import Counted, allow_more, count_delivery, drop_delivery, register_delivery
from kefu.purchasing.actions.ordering import Known, close_order, note_transmitted, record_fact, send_order
from kefu.purchasing.actions.proposing import change_quantity, run_due_proposals, run_proposal
from kefu.purchasing.actions.receiving import book_delivery
from kefu.purchasing.actions.requesting import Wanted, ask_purchase, withdraw_request
from kefu.purchasing.actions.suppliers import add_supplier, change_supplier, set_price, set_supply

__all__ = [
    "Counted",
    "Known",
    "Wanted",
    "add_supplier",
    "allow_more",
    "ask_purchase",
    "book_delivery",
    "change_quantity",
    "change_supplier",
    "close_order",
    "count_delivery",
    "decide_request",
    "drop_delivery",
    "note_transmitted",
    "record_fact",
    "register_delivery",
    "run_due_proposals",
    "run_proposal",
    "send_order",
    "set_price",
    "set_supply",
    "withdraw_request",
]
