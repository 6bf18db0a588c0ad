"""A message to a colleague, from a staff template, by the channel that reaches him or her."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kefu.foundation.audit.trail import Subject, within_action
from kefu.foundation.outbox.actions import put
from kefu.foundation.outbox.models import OutboxMessage
from kefu.messaging.actions.templates import template_in_use
from kefu.messaging.choices import Channel
from kefu.messaging.composing import compose
from kefu.messaging.limits import SIGNATURE
from kefu.messaging.queries import leaves_at, open_channels
from kefu.messaging.rules import choose_channel
from kefu.organisation.models import User


@within_action
def send_to_colleague(
    *, user: User, template: str, values: Mapping[str, object], key: str, subject: Subject | None = None, expires_at: datetime | None = None,
    at: datetime,
) -> OutboxMessage | None:  # fmt: skip
    """Put the words of a staff template on their way to a colleague, once for a `key`, not to leave from `expires_at` on; None for one
    without telephone and mail.

    The bell is `notices.tell`. Raises LookupError for a template that is not for staff, KeyError for a missing value.
    """
    words = template_in_use(template, at)
    if words.group != "staff":
        raise LookupError(f"template {template!r} is not for staff")
    known = {Channel.SMS.value: user.phone, Channel.EMAIL.value: user.email}
    chosen = choose_channel(
        words.channels, {name: to for name, to in known.items() if to}, open_channels(words.channels)
    )
    if chosen is None:
        return None
    channel, address = chosen
    leaves = leaves_at(words, at)
    return put(
        channel=channel, key=f"staff:{key}", payload={"to": address, **compose(words, channel, values, SIGNATURE.on(at)).carried},
        not_before=leaves if leaves > at else None, expires_at=expires_at, subject=subject, at=at,
    )  # fmt: skip
