"""Sending a message to a customer, and hearing that one did not arrive."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import override

from kefu.customers.actions import record_facts
from kefu.customers.choices import FactKind
from kefu.customers.holding import lock
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, record_each, within_action
from kefu.foundation.notices.actions import tell
from kefu.foundation.outbox.actions import put
from kefu.foundation.outbox.models import OutboxMessage
from kefu.messaging import queries
from kefu.messaging.actions.templates import template_in_use
from kefu.messaging.choices import Channel
from kefu.messaging.composing import house_values, require_values, spoken
from kefu.messaging.models import Message, Template
from kefu.messaging.planning import Plan, plan
from kefu.messaging.refusing import refusable
from kefu.messaging.sentences import SENT, UNDELIVERED
from kefu.organisation.models import User

STANDING = ("stage", "restricted_at", "erased_at")  # what `reason_to_withhold` asks of the customer's row
MESSAGE = "messaging.message"
FACT = 120  # characters of the words that the timeline shows


@action
def send(
    *,
    customer: Customer,
    template: str,
    values: Mapping[str, object] | None = None,
    subject: Subject | None = None,
    key: str = "",
    expires_at: datetime | None = None,
    calendar: Callable[[], str] | None = None,
    by: User,
    at: datetime,
) -> Message:
    """Write a message to a customer from the template `template`; it leaves after the commit and the quiet hours.

    `name`, `centre`, `phone`, `doctor`, `manager` are filled by the house unless given. A `key` makes it once only: the
    same key answers the message there is. A `calendar` entry goes
    along by mail, written in the customer's language. Whoever calls checks the right to the fact the message tells. A customer who
    opted out, did not agree, or has no address, gets none: the message is kept with the reason and the caller's work goes on.

    Raises Refused `missing_value` for a value the caller left out, LookupError for an unknown template (APT-006, APT-007, SEC-001).
    """
    found = Message.objects.filter(key=key).first() if key else None
    if found is not None:
        nothing_changed()
        return found
    words = template_in_use(template, at)
    if "customer" not in words.audience:
        raise LookupError(f"template {template!r} is not for customers")
    lock(customer.pk)  # who dies or opts out at this moment does so before, or takes this message back
    customer.refresh_from_db(fields=STANDING)
    language = queries.wish_of(customer).language
    with override(language):
        house = house_values(customer)
        filled = house | spoken(values or {})
    require_values(words, filled, house)
    with override(language):
        found_way = plan(words, customer, filled, at, calendar=calendar)
    message = write_planned(
        customer=customer, template=words, plan=found_way, key=key, expires_at=expires_at, subject=subject, by=by, at=at
    )  # fmt: skip
    if message is None:
        nothing_changed()
        return Message.objects.get(key=key)
    tell_the_files([message], words, subject, by, at)
    return message


@within_action
def tell_the_files(
    messages: Sequence[Message], template: Template, subject: Subject | None, by: User, at: datetime
) -> None:  # fmt: skip
    """One row in the trail for each message; one line on the timeline for each that is on its way."""
    for code, withheld in (("messaging.message.withheld", True), ("messaging.message.sent", False)):
        record_each(
            code, by=by, at=at, each=[
                (
                    Subject(MESSAGE, one.pk), one.customer_id, one.customer.node_id,
                    {"template": (None, template.code), "channel": (None, one.channel), "withheld": (None, one.withheld)},
                )
                for one in messages
                if bool(one.withheld) is withheld
            ],
        )  # fmt: skip
    left = [
        (one.customer_id, SENT(channel=Channel(one.channel), words=one.body[:FACT]), subject or Subject(MESSAGE, one.pk))
        for one in messages
        if not one.withheld
    ]  # fmt: skip
    record_facts(kind=FactKind.MESSAGE, each=left, by=by, at=at)


@action
def report_undelivered(*, message: Message, reason: str, by: User | None, at: datetime) -> None:
    """Let whoever sent a message know that it was given up; colleagues only, since systems have no bell."""
    subject = Subject(MESSAGE, message.pk)
    record(
        "messaging.message.undelivered", by=by, at=at, subject=subject, customer_id=message.customer_id, reason=reason
    )
    if message.by.is_system:
        return
    text = UNDELIVERED(name=message.customer.name, channel=Channel(message.channel))
    link = f"/customers/{message.customer_id}/"
    tell(
        users=[message.by],
        code="message_undelivered",
        text=text,
        link=link,
        customer_id=message.customer_id,
        at=at,
    )


@within_action
def write_planned(
    *, customer: Customer, template: Template, plan: Plan, key: str, instead_of: Message | None = None, expires_at: datetime | None,
    subject: Subject | None, by: User, at: datetime,
) -> Message | None:  # fmt: skip
    """The message with its place in the outbox; None when another transaction wrote the same key meanwhile."""
    key = key or f"message-{uuid4().hex}"
    told: dict[str, Any] = {
        "subject_kind": subject.kind if subject else "",
        "subject_id": subject.id if subject else None,
    }
    try:
        with transaction.atomic():
            outbox = None if plan.withheld else _put(customer, template, plan, key, expires_at, at)
            return Message.objects.create(
                customer=customer, template=template, key=key, channel=plan.channel, address=plan.address,
                title=plan.words.title, body=plan.words.body, outbox=outbox, withheld=plan.withheld or "", by=by, at=at,
                instead_of=instead_of, **told,
            )  # fmt: skip
    except IntegrityError:
        if Message.objects.filter(key=key).exists():
            return None
        raise


def _put(
    customer: Customer, template: Template, plan: Plan, key: str, expires_at: datetime | None, at: datetime
) -> OutboxMessage:
    leaves_at = queries.leaves_at(template, at)
    return put(
        channel=plan.channel,
        key=f"msg:{key}",
        payload={"to": plan.address, **plan.words.carried, **refusable(template, plan.channel, customer.pk)},
        customer_id=customer.pk,
        not_before=leaves_at if leaves_at > at else None,
        expires_at=expires_at,
        subject=Subject("messaging.template", template.pk),
        at=at,
    )
