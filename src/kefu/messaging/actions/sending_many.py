"""One message to many customers: greetings and activities, in a few statements, behind everything urgent (FUP-007, FUP-008)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import override

from kefu.customers.models import Customer
from kefu.foundation.audit.trail import Subject, action, nothing_changed
from kefu.foundation.outbox.batches import Parcel, put_many
from kefu.foundation.outbox.models import OutboxMessage
from kefu.messaging import queries
from kefu.messaging.actions.sending import tell_the_files
from kefu.messaging.actions.templates import template_in_use
from kefu.messaging.choices import Withheld
from kefu.messaging.composing import Words, compose, house_values, missing_values, spoken
from kefu.messaging.limits import SIGNATURE
from kefu.messaging.models import Message, Template
from kefu.messaging.reaching import Reach, reach_of
from kefu.messaging.refusing import refusable
from kefu.organisation.models import User

Letter = tuple[Customer, Reach, Words]


@action
def send_many(
    *, customers: Sequence[Customer], template: str, key: str, values: Mapping[str, object] | None = None, subject: Subject | None = None,
    expires_at: datetime | None = None, by: User, at: datetime,
) -> dict[int, Message]:  # fmt: skip
    """Write the template to each of the customers, by customer; `key:<customer>` is sent once. What is asked before is as in `send`.

    The customers come with `node`, `doctor` and `health_manager`. Audit and timeline have a line for each.
    """
    words = template_in_use(template, at)
    wanted = {f"{key}:{customer.pk}": customer for customer in customers}
    known = {message.key: message for message in Message.objects.filter(key__in=wanted)}
    new = [customer for name, customer in wanted.items() if name not in known]
    found = {message.customer_id: message for message in known.values()}
    if not new:
        nothing_changed()
        return found
    reached = reach_of(new, words, queries.open_channels(words.channels))
    signature = SIGNATURE.on(at)
    letters = [_letter(customer, words, reached[customer.pk], values or {}, signature) for customer in new]
    made = _write(letters, words, key, subject, expires_at, by, at)
    tell_the_files(made, words, subject, by, at)
    return found | {message.customer_id: message for message in made}


def _letter(
    customer: Customer, template: Template, reach: Reach, values: Mapping[str, object], signature: str
) -> Letter:
    with override(reach.language):
        filled = house_values(customer) | spoken(values)
        missing = missing_values(template, reach.channel, filled)
        if missing:
            filled |= {name: f"{{{name}}}" for name in missing}
            reach.withheld = reach.withheld or Withheld.INCOMPLETE
        return customer, reach, compose(template, reach.channel, filled, signature)


def _write(
    letters: Sequence[Letter], template: Template, key: str, subject: Subject | None, expires_at: datetime | None, by: User, at: datetime
) -> list[Message]:  # fmt: skip
    leaves_at = queries.leaves_at(template, at)
    parcels = [
        Parcel(reach.channel, f"msg:{key}:{customer.pk}", _carried(letter, template), customer.pk)
        for letter in letters
        for customer, reach, _words in [letter]
        if reach.withheld is None
    ]
    left = put_many(
        parcels=parcels, subject=Subject("messaging.template", template.pk), not_before=leaves_at if leaves_at > at else None,
        expires_at=expires_at, at=at,
    )  # fmt: skip
    return Message.objects.bulk_create(_message(letter, template, key, left, subject, by, at) for letter in letters)


def _carried(letter: Letter, template: Template) -> dict[str, Any]:
    customer, reach, words = letter
    return {"to": reach.address, **words.carried, **refusable(template, reach.channel, customer.pk)}


def _message(
    letter: Letter, template: Template, key: str, left: Mapping[str, OutboxMessage], subject: Subject | None, by: User, at: datetime
) -> Message:  # fmt: skip
    customer, reach, words = letter
    return Message(
        customer=customer, template=template, key=f"{key}:{customer.pk}", channel=reach.channel, address=reach.address, title=words.title,
        body=words.body, outbox=left.get(f"msg:{key}:{customer.pk}"), withheld=reach.withheld or "", by=by, at=at,
        subject_kind=subject.kind if subject else "", subject_id=subject.id if subject else None,
    )  # fmt: skip
