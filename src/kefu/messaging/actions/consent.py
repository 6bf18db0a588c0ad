"""A customer wants no greetings and activities, or wants them again (FUP-008)."""

from __future__ import annotations

from datetime import datetime

from kefu.customers.holding import hold
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.messaging.models import OptOut
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.queries import opted_out
from kefu.organisation.models import User


@action
def opt_out(*, customer: Customer, reason: str = "", by: User, at: datetime) -> OptOut:
    """Stop all messages that need consent; what a booking or report needs is still sent. Raises Forbidden, OutOfScope."""
    require(by, MessagingPermission.CONTACT_LOG, customer=customer)
    hold(customer.pk)
    found = opted_out(customer)
    if found is not None:
        nothing_changed()
        return found
    made = OptOut.objects.create(customer=customer, reason=reason.strip(), by=by, at=at)
    _record("messaging.consent.withdrawn", customer, by, at)
    return made


@action
def end_opt_out(*, customer: Customer, by: User, at: datetime) -> None:
    """The customer wants them again. Raises Forbidden, OutOfScope."""
    require(by, MessagingPermission.CONTACT_LOG, customer=customer)
    ended = OptOut.objects.filter(customer=customer, ended_at__isnull=True).update(ended_by=by, ended_at=at)
    if ended:
        _record("messaging.consent.given", customer, by, at)
    else:
        nothing_changed()


def _record(code: str, customer: Customer, by: User, at: datetime) -> None:
    subject = Subject("customers.customer", customer.pk)
    record(code, by=by, at=at, subject=subject, customer_id=customer.pk, node_id=customer.node_id)
