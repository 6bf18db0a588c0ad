"""Everything that changes the dispatch registers."""

from kefu.dispatch.actions.backs import close_back, collect_back, receive_back, register_back
from kefu.dispatch.actions.days import hand_in_list
from kefu.dispatch.actions.papers import print_list, print_run
from kefu.dispatch.actions.runs import Plan, add_line, cancel_run, change_run, depart, plan_run, remove_line
from kefu.dispatch.actions.sheets import check_slip, correct_listing, open_sheet, post_sheet, settle_difference
from kefu.dispatch.actions.short import note_short, supply_short
from kefu.dispatch.actions.wishes import ask_wish, pass_on, read_notes, reply, say_more

__all__ = [
    "Plan",
    "add_line",
    "ask_wish",
    "cancel_run",
    "change_run",
    "check_slip",
    "close_back",
    "collect_back",
    "correct_listing",
    "depart",
    "hand_in_list",
    "note_short",
    "open_sheet",
    "pass_on",
    "plan_run",
    "post_sheet",
    "print_list",
    "print_run",
    "read_notes",
    "receive_back",
    "register_back",
    "remove_line",
    "reply",
    "say_more",
    "settle_difference",
    "supply_short",
]
