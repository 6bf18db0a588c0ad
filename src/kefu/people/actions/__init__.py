"""Writes of the registers."""

from kefu.people.actions.agreements import end_agreement, remind_of_ends, sign_agreement
from kefu.people.actions.attributes import set_attributes
from kefu.people.actions.credentials import (
    add_credential,
    check_credential,
    remind_of_credentials,
    withdraw_credential,
)
from kefu.people.actions.departures import (
    cancel_departure,
    change_departure,
    close_account,
    close_due_accounts,
    note_closed,
    note_reopened,
    open_departure,
    settle,
    tick_task,
    waive_handing_over,
)
from kefu.people.actions.doctors import (
    add_entry,
    certify,
    change_doctor,
    record_agreement,
    register_doctor,
    share_case,
    unshare_case,
    withdraw_certification,
    write_profile,
)
from kefu.people.actions.handing_over import (
    ask_to_take_over,
    hand_over_at_once,
    release_held,
    take_over,
)
from kefu.people.actions.institutions import (
    add_institution,
    change_institution,
    close_institution,
    end_part,
    give_part,
    judge_region,
    reopen_institution,
)

__all__ = [
    "add_credential",
    "add_entry",
    "add_institution",
    "ask_to_take_over",
    "cancel_departure",
    "certify",
    "change_departure",
    "change_doctor",
    "change_institution",
    "check_credential",
    "close_account",
    "close_due_accounts",
    "close_institution",
    "end_agreement",
    "end_part",
    "give_part",
    "hand_over_at_once",
    "judge_region",
    "note_closed",
    "note_reopened",
    "open_departure",
    "record_agreement",
    "register_doctor",
    "release_held",
    "remind_of_credentials",
    "remind_of_ends",
    "reopen_institution",
    "set_attributes",
    "settle",
    "share_case",
    "sign_agreement",
    "take_over",
    "tick_task",
    "unshare_case",
    "waive_handing_over",
    "withdraw_certification",
    "withdraw_credential",
    "write_profile",
]
