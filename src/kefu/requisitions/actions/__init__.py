"""Everything that changes par levels, requisitions and lendings."""

from kefu.requisitions.actions.arriving import count_arrival
from kefu.requisitions.actions.deciding import Granted, approve, check_figures, reject, sign
from kefu.requisitions.actions.drafting import change_lines, draft, withdraw
from kefu.requisitions.actions.issuing import add_parcel, issue_goods, tick_packing
from kefu.requisitions.actions.lending import (
    agree_lending,
    ask_lending,
    bring_back,
    hand_over,
    pass_lending,
    refuse_lending,
    withdraw_lending,
)
from kefu.requisitions.actions.losing import note_loss
from kefu.requisitions.actions.par import set_par
from kefu.requisitions.actions.picking import confirm_pick, refill, report_miss
from kefu.requisitions.actions.settling import agree_to_loss, drop_loss, settle

__all__ = [
    "Granted",
    "add_parcel",
    "agree_lending",
    "agree_to_loss",
    "approve",
    "ask_lending",
    "bring_back",
    "change_lines",
    "check_figures",
    "confirm_pick",
    "count_arrival",
    "draft",
    "drop_loss",
    "hand_over",
    "issue_goods",
    "note_loss",
    "pass_lending",
    "refill",
    "refuse_lending",
    "reject",
    "report_miss",
    "set_par",
    "settle",
    "sign",
    "tick_packing",
    "withdraw",
    "withdraw_lending",
]
