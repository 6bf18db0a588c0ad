"""Writes about customers, one function a verb."""

from kefu.customers.actions.archives import Family, open_archive
from kefu.customers.actions.changes import update_archive
from kefu.customers.actions.closing import close_customer, reopen_customer
from kefu.customers.actions.consents import (
    give_consent,
    print_consent_sheet,
    revise_consent_text,
    withdraw_consent,
)
from kefu.customers.actions.contacts import add_contact, doubt_contact, retire_contact, reveal_card, reveal_contact
from kefu.customers.actions.exporting import export_customers
from kefu.customers.actions.family import add_family, end_family
from kefu.customers.actions.identity import check_identity
from kefu.customers.actions.leads import LeadResult, LeadWarning, create_lead
from kefu.customers.actions.likeness import dismiss_pair
from kefu.customers.actions.merges import merge_customers
from kefu.customers.actions.numbers import issue_archive_number
from kefu.customers.actions.ownership import assign_owner, offer_customer
from kefu.customers.actions.papers import add_paper, retire_paper, reveal_paper
from kefu.customers.actions.privacy import approve_privacy, ask_privacy, decline_privacy, lift_hold, place_hold
from kefu.customers.actions.readers import print_readers
from kefu.customers.actions.subject_exports import ask_subject_export, fetch_subject_export
from kefu.customers.actions.timeline import record_fact, record_facts
from kefu.customers.actions.undoing import undo_merge

__all__ = [
    "Family",
    "LeadResult",
    "LeadWarning",
    "add_contact",
    "add_family",
    "add_paper",
    "approve_privacy",
    "ask_privacy",
    "ask_subject_export",
    "assign_owner",
    "check_identity",
    "close_customer",
    "create_lead",
    "decline_privacy",
    "dismiss_pair",
    "doubt_contact",
    "end_family",
    "export_customers",
    "fetch_subject_export",
    "give_consent",
    "issue_archive_number",
    "lift_hold",
    "merge_customers",
    "offer_customer",
    "open_archive",
    "place_hold",
    "print_consent_sheet",
    "print_readers",
    "record_fact",
    "record_facts",
    "reopen_customer",
    "retire_contact",
    "retire_paper",
    "reveal_card",
    "reveal_contact",
    "reveal_paper",
    "revise_consent_text",
    "undo_merge",
    "update_archive",
    "withdraw_consent",
]
