"""Sending a message again that did not arrive, and counting what each sending costs."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.customers.holding import hold
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.outbox import guards
from kefu.foundation.outbox.actions import reopen
from kefu.foundation.outbox.choices import STOPPED, State
from kefu.foundation.outbox.models import OutboxMessage
from kefu.kernel.errors import Invalid, Refused
from kefu.messaging.limits import SMS_PRICE
from kefu.messaging.models import Message, MessageCost
from kefu.messaging.permissions import MessagingPermission
from kefu.messaging.queries import agreed_addresses, reason_to_withhold
from kefu.organisation.models import User

ON_ITS_WAY = frozenset({State.PENDING, State.SENDING})


@action
def resend(*, message: Message, reason: str, by: User, at: datetime) -> None:
    """Send a stopped message again: the same words, to the address the customer has now. Pressed twice it is sent once.

    Raises Invalid (`reason`), Refused `not_stopped`, `sent_instead`, `withheld`, `out_of_date`, `no_address`, `no_transport` or
    `forgotten`, Forbidden, OutOfScope (NFR-001).
    """
    require(by, MessagingPermission.MESSAGE_RESEND, customer=message.customer)
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明为什么重发。"))
    hold(message.customer_id)
    outbox = OutboxMessage.objects.filter(pk=message.outbox_id or 0).first()
    if outbox is not None and outbox.state in ON_ITS_WAY:
        nothing_changed()
        return
    if outbox is None or outbox.state not in STOPPED:
        raise Refused("not_stopped", _("这条消息没有停下，不用处理。"))
    if Message.objects.filter(instead_of=message).exists():
        raise Refused("sent_instead", _("这条消息已经改走别的方式，不用重发。"))
    withheld = reason_to_withhold(message.template, message.customer)
    if withheld:
        raise Refused("withheld", withheld.label)
    if guards.withheld([outbox.pk], but_for="messaging"):
        raise Refused("out_of_date", _("这条消息说的事情后来变了，不能再发。"))
    address = agreed_addresses(message.template, message.customer).get(message.channel)
    if address is None:
        raise Refused("no_address", _("客户现在没有可用的联系方式，请先登记。"))
    reopen(message_id=outbox.pk, at=at, to=address)
    if address != message.address:
        message.address = address
        message.save(update_fields=["address"])
    record("messaging.message.resent", by=by, at=at, subject=Subject("messaging.message", message.pk),
           customer_id=message.customer_id, node_id=message.customer.node_id, reason=reason.strip())  # fmt: skip


@action
def count_cost(*, message: Message, parts: int, by: User | None, at: datetime) -> MessageCost:
    """Keep what one sending costs: its text messages at the price of the day at the customer's centre (NFR-001)."""
    amount = parts * SMS_PRICE.on(at, node_id=message.customer.node_id)
    cost = MessageCost.objects.create(message=message, parts=parts, amount=amount, at=at)
    record("messaging.message.counted", by=by, at=at, subject=Subject("messaging.message", message.pk),
           customer_id=message.customer_id, changes={"parts": (None, parts), "amount": (None, str(amount))})  # fmt: skip
    return cost
