"""Keeping what staff and customers said to each other."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.actions import record_fact
from kefu.customers.choices import FactKind
from kefu.customers.models import Customer
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import FieldError, Invalid
from kefu.messaging.choices import ContactChannel, Direction, Outcome, Purpose
from kefu.messaging.models import ContactAttempt
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.sentences import CONTACTED
from kefu.organisation.models import User

CHOICES = {"channel": ContactChannel, "direction": Direction, "purpose": Purpose, "outcome": Outcome}


@action
def log_contact(
    *,
    customer: Customer,
    channel: str,
    direction: str,
    purpose: str,
    outcome: str,
    note: str = "",
    subject: Subject | None = None,
    by: User,
    at: datetime,
) -> ContactAttempt:
    """Keep that we talked, or tried to, over any channel; one line on the timeline (FUP-004, FUP-009).

    Raises Forbidden, OutOfScope, Invalid for a code that is not in its list.
    """
    require(by, MessagingPermission.CONTACT_LOG, customer=customer)
    _check(channel=channel, direction=direction, purpose=purpose, outcome=outcome)
    contact = ContactAttempt.objects.create(
        customer=customer, channel=channel, direction=direction, purpose=purpose, outcome=outcome, note=note.strip(),
        subject_kind=subject.kind if subject else "", subject_id=subject.id if subject else None, by=by, at=at,
    )  # fmt: skip
    about = Subject("messaging.contact", contact.pk)
    record(
        "messaging.contact.logged", by=by, at=at, subject=about, customer_id=customer.pk, node_id=customer.node_id,
        changes={"channel": (None, channel), "purpose": (None, purpose), "outcome": (None, outcome)},
    )  # fmt: skip
    told = CONTACTED(channel=ContactChannel(channel), purpose=Purpose(purpose), outcome=Outcome(outcome))
    record_fact(
        customer=customer, kind=FactKind.CONTACT, item=told, subject=subject or about,
        lines=[contact.note] if contact.note else [], by=by, at=at,
    )  # fmt: skip
    return contact


def _check(**given: str) -> None:
    wrong = [name for name, value in given.items() if value not in CHOICES[name].values]
    if wrong:
        raise Invalid(FieldError(name, "invalid_choice", _("没有这个选项，请重新选。")) for name in wrong)
