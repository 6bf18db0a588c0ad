"""What has to hold when a message leaves later than it was meant to: its customer may still be written to, and nobody is woken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from kefu.customers.holding import lock
from kefu.foundation.outbox import guards
from kefu.foundation.outbox.models import OutboxMessage
from kefu.messaging.choices import Withheld
from kefu.messaging.models import Message, Template
from kefu.messaging.queries import addresses, after_quiet, agreed_addresses, leaves_at, reason_to_withhold

OURS = ("msg:", "number:")  # beginnings of the keys of what goes to customers and visitors


def withheld(message_ids: Sequence[int]) -> dict[int, str]:
    """Those of the messages whose customer died, left, refuses them or cannot be reached by their channel by now (SEC-001)."""
    ours = Message.objects.filter(outbox__in=message_ids)
    lock(*ours.values_list("customer_id", flat=True))
    reasons = {message.outbox_id: _reason(message) for message in ours.select_related("customer", "template")}
    return {pk: reason.said for pk, reason in reasons.items() if pk is not None and reason is not None}


def hour(message: OutboxMessage, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours it falls in, which count for every attempt. By day nothing of the message is asked."""
    if not message.key.startswith(OURS) or after_quiet(moment) == moment:
        return moment
    template = _template(message)
    return leaves_at(template, moment) if template else moment


def _reason(message: Message) -> Withheld | None:
    if withheld := reason_to_withhold(message.template, message.customer):
        return withheld
    if message.channel in agreed_addresses(message.template, message.customer):
        return None
    return Withheld.NO_CONSENT if message.channel in addresses(message.customer) else Withheld.NO_ADDRESS


def _template(message: OutboxMessage) -> Template | None:
    if message.subject_kind == "messaging.template":
        return Template.objects.filter(pk=message.subject_id or 0).first()
    return Template.objects.filter(code=message.payload.get("template", ""), current=True).first()


guards.register("messaging", guards.Guard(withheld, hour))
