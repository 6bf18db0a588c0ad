"""The record of who looked, on paper."""

from __future__ import annotations

from datetime import datetime

from kefu.customers.models import Customer
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.readers import READERS
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action
from kefu.foundation.printing.actions import print_document
from kefu.foundation.printing.models import Print
from kefu.organisation.models import User


@action
def print_readers(*, customer: Customer, by: User, at: datetime) -> Print:
    """Print who looked at the customer's data; the print is itself a row of that record. Raises Forbidden, OutOfScope (SEC-003)."""
    require(by, CustomerPermission.READERS_VIEW, customer=customer)
    return print_document(code=READERS, subject=Subject(READERS, customer.pk), customer_id=customer.pk, by=by, at=at)
