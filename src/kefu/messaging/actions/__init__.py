"""Writes about messages and contacts, one function a verb."""

from kefu.messaging.actions.consent import end_opt_out, opt_out
from kefu.messaging.actions.contacts import log_contact
from kefu.messaging.actions.registrations import register_template
from kefu.messaging.actions.resending import count_cost, resend
from kefu.messaging.actions.sending import report_undelivered, send
from kefu.messaging.actions.sending_many import send_many
from kefu.messaging.actions.templates import revise_template
from kefu.messaging.actions.trying import send_test
from kefu.messaging.actions.wishes import set_wish

__all__ = [
    "count_cost",
    "end_opt_out",
    "log_contact",
    "opt_out",
    "register_template",
    "report_undelivered",
    "resend",
    "revise_template",
    "send",
    "send_many",
    "send_test",
    "set_wish",
]
