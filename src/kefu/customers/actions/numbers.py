"""The health-archive number (CUS-004)."""

from __future__ import annotations

from datetime import datetime

from kefu.customers.actions.timeline import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.holding import held
from kefu.customers.indexing import reindex
from kefu.customers.models import Customer
from kefu.customers.sentences import NUMBERED
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.numbering.series import Series
from kefu.organisation.models import User

ARCHIVE_NUMBERS = Series("customers.archive", "HA")


@action
def issue_archive_number(*, customer: Customer, by: User, at: datetime) -> str:
    """Give the customer a health-archive number, e.g. HA2600318, unless there is one; numbers rise in the order of issue without gaps.

    Called by the action that saves the consultation, which checks the right to do so (CUS-004).
    """
    locked = held(customer)
    if locked.archive_number:
        nothing_changed()
        customer.archive_number = locked.archive_number
        return locked.archive_number
    number = ARCHIVE_NUMBERS.issue(at)
    customer.archive_number = locked.archive_number = number
    locked.save(update_fields=["archive_number"])
    reindex(locked)
    subject = Subject("customers.customer", customer.pk)
    record("customers.archive.numbered", by=by, at=at, subject=subject, customer_id=customer.pk, node_id=locked.node_id,
           changes={"archive_number": (None, number)})  # fmt: skip
    record_fact(customer=customer, kind=FactKind.ARCHIVE, item=NUMBERED(number=number), subject=subject, by=by, at=at)
    return number
