"""Writes of the registers."""

from kefu.people.actions.agreements import end_agreement, remind_of_ends, sign_agreement
from kefu.people.actions.attributes import set_attributes
from kefu.people.actions.credentials import (
    add_credential,
    check_credential,
    remind_of_credentials,
    withdraw_credential,
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
    "certify",
    "change_doctor",
    "change_institution",
    "check_credential",
    "close_institution",
    "end_agreement",
    "end_part",
    "give_part",
    "judge_region",
    "record_agreement",
    "register_doctor",
    "remind_of_credentials",
    "remind_of_ends",
    "reopen_institution",
    "set_attributes",
    "share_case",
    "sign_agreement",
    "unshare_case",
    "withdraw_certification",
    "withdraw_credential",
    "write_profile",
]
