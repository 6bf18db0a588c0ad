"""What WeChat turned away goes once by text message or mail (NFR-001)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import override

from kefu.customers.holding import lock
from kefu.customers.models import Customer
from kefu.foundation.audit.trail import Subject, action, nothing_changed
from kefu.foundation.events.bus import announce
from kefu.foundation.outbox import guards
from kefu.foundation.outbox.choices import State
from kefu.messaging import queries
from kefu.messaging.actions.sending import report_undelivered, tell_the_files, write_planned
from kefu.messaging.choices import Channel
from kefu.messaging.composing import calendar_of, house_values, values_of
from kefu.messaging.events import SentInstead
from kefu.messaging.models import Message
from kefu.messaging.planning import plan
from kefu.organisation.models import User


@action
def send_by_other_way(*, message_id: int, by: User | None, at: datetime) -> Message | None:
    """Write the words of a message that WeChat turned away anew, for the next way the customer may be reached by; once, and never a third
    time. Opt-out, consent, closing and quiet hours are asked as for a new one, and the module it tells of whether it is still so. Where
    there is no other way its writer is told."""
    message = Message.objects.select_related("template", "outbox", "by").get(pk=message_id)
    lock(message.customer_id)
    outbox = message.outbox
    given_up = outbox is not None and outbox.state == State.DEAD and message.channel == Channel.WECHAT
    if not given_up or outbox is None or Message.objects.filter(instead_of=message).exists():
        nothing_changed()
        return None
    if guards.withheld([outbox.pk], but_for="messaging"):  # which has its say on the other way, not on WeChat
        nothing_changed()
        return None
    customer = Customer.objects.select_related("node__parent__parent", "doctor", "health_manager").get(
        pk=message.customer_id
    )
    with override(queries.wish_of(customer).language):
        values, calendar = house_values(customer) | values_of(outbox.payload), calendar_of(outbox.payload)
        found = plan(
            message.template, customer, values, at, without=(Channel.WECHAT, Channel.BELL), calendar=(lambda: calendar) if calendar else None
        )  # fmt: skip
    if found.withheld:
        report_undelivered(message=message, reason=outbox.last_error, by=by, at=at)
        return None
    subject = Subject(message.subject_kind, message.subject_id) if message.subject_id else None
    made = write_planned(
        customer=customer, template=message.template, plan=found, key=f"instead:{message.pk}", instead_of=message,
        expires_at=outbox.expires_at, subject=subject, by=message.by, at=at,
    )  # fmt: skip
    if made is None:
        nothing_changed()
        return None
    tell_the_files([made], message.template, subject, message.by, at)
    announce(SentInstead(made.pk, message.pk, at))
    return made
