"""Everything that changes stock. Upper modules use `post_issue` and `post_return` inside their own actions."""

from kefu.stock.actions.adjusting import adjust
from kefu.stock.actions.breaches import close_breach, decide_held, watch_loggers
from kefu.stock.actions.checking import check_balances, check_lot, rebuild_balances
from kefu.stock.actions.climate import Given, Logged, log_reading, log_readings
from kefu.stock.actions.destroying import (
    close_destruction,
    decide_destruction,
    destroy,
    request_destruction,
    send_back,
    verify_destruction,
    withdraw_destruction,
)
from kefu.stock.actions.exchanging import exchange
from kefu.stock.actions.issuing import issue, post_issue
from kefu.stock.actions.ledger import hold_goods
from kefu.stock.actions.recalling import customer_told, lift_recall, recall
from kefu.stock.actions.receiving import Arrival, post_receipt, receive
from kefu.stock.actions.relocating import change_quality, move_zone
from kefu.stock.actions.reserving import keep_only, put_back, release, reserve, reserve_available, take_out
from kefu.stock.actions.returning import give_back, post_return
from kefu.stock.actions.stocktaking import (
    add_found,
    count_lines,
    drop_stocktake,
    explain,
    found_bad,
    open_stocktake,
    post_stocktake,
)
from kefu.stock.actions.transferring import Passage, Shipped, move_reserved, pass_on, side_zone, transfer
from kefu.stock.actions.warehouses import ZonePlan, appoint_keeper, open_warehouse
from kefu.stock.choosing import Pick

__all__ = [
    "Arrival",
    "Given",
    "Logged",
    "Passage",
    "Pick",
    "Shipped",
    "ZonePlan",
    "add_found",
    "adjust",
    "appoint_keeper",
    "change_quality",
    "check_balances",
    "check_lot",
    "close_breach",
    "close_destruction",
    "count_lines",
    "customer_told",
    "decide_destruction",
    "decide_held",
    "destroy",
    "drop_stocktake",
    "exchange",
    "explain",
    "found_bad",
    "give_back",
    "hold_goods",
    "issue",
    "keep_only",
    "lift_recall",
    "log_reading",
    "log_readings",
    "move_reserved",
    "move_zone",
    "open_stocktake",
    "open_warehouse",
    "pass_on",
    "post_issue",
    "post_receipt",
    "post_return",
    "post_stocktake",
    "put_back",
    "rebuild_balances",
    "recall",
    "receive",
    "release",
    "request_destruction",
    "reserve",
    "reserve_available",
    "send_back",
    "side_zone",
    "take_out",
    "transfer",
    "verify_destruction",
    "watch_loggers",
    "withdraw_destruction",
]
