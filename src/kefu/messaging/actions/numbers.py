"""Text messages to numbers that are not a customer's, or not known to be: codes, answers to somebody new."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from kefu.foundation.audit.trail import Subject, action, nothing_changed, record, within_action
from kefu.foundation.outbox.actions import forget, put
from kefu.foundation.outbox.models import OutboxMessage
from kefu.messaging.actions.templates import template_in_use
from kefu.messaging.choices import Channel
from kefu.messaging.composing import compose, missing_values, place_values, require_values
from kefu.messaging.limits import NUMBER_DAYS, SIGNATURE
from kefu.messaging.queries import leaves_at
from kefu.organisation.models import Node, User

KEYS = "number:"


@within_action
def send_to_number(
    *,
    number: str,
    template: str,
    values: Mapping[str, object],
    key: str,
    node: Node | None = None,
    person: Mapping[str, str] | None = None,
    subject: Subject | None = None,
    secret: bool = False,
    expires_at: datetime | None = None,
    at: datetime,
) -> OutboxMessage | None:
    """Put a text message for a number into the outbox, once for a `key`; nobody's file tells of it.

    `person` has the name and sex of whoever is addressed, `node` the centre that speaks. The words of a `secret` one are forgotten when it
    has left. None where the house lacks something the words need, such as its telephone: that never stops the work the message tells of.
    Raises Refused `missing_value` for a value the caller left out, LookupError for an unknown template.
    """
    words = template_in_use(template, at)
    house = place_values(node, **(person or {}))
    filled = house | {name: str(value) for name, value in values.items()}
    require_values(words, filled, house)
    if missing_values(words, Channel.SMS, filled):
        return None
    carried = compose(words, Channel.SMS, filled, SIGNATURE.on(at)).carried
    leaves = leaves_at(words, at)
    return put(
        channel=Channel.SMS, key=f"{KEYS}{key}", payload={"to": number, **carried} | ({"secret": True} if secret else {}),
        not_before=leaves if leaves > at else None, expires_at=expires_at, subject=subject, at=at,
    )  # fmt: skip


@action
def forget_numbers(*, by: User, at: datetime) -> int:
    """Empty number and words of what was sent to people who never came into the archive. Answers how many messages (SEC-001)."""
    count = forget(keys=KEYS, before=at - timedelta(days=NUMBER_DAYS.on(at)))
    if count:
        record("messaging.numbers.forgotten", by=by, at=at, changes={"count": (0, count)})
    else:
        nothing_changed()
    return count
