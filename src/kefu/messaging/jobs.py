"""Work of messaging in the background."""

from datetime import datetime

from kefu.customers.actions.contacts import doubt_contact
from kefu.customers.choices import ContactKind
from kefu.customers.models import ContactPoint
from kefu.foundation.jobs.registry import every, job
from kefu.foundation.outbox.transports import NotReadyError, TransientError, transport
from kefu.messaging.actions.numbers import forget_numbers
from kefu.messaging.actions.other_way import send_by_other_way
from kefu.messaging.choices import Channel
from kefu.messaging.models import Message
from kefu.messaging.ports.smpp import SmppGateway
from kefu.organisation.queries import SYSTEM, system_user

KINDS = {Channel.SMS: ContactKind.PHONE, Channel.EMAIL: ContactKind.EMAIL, Channel.WECHAT: ContactKind.WECHAT}


@job("messaging.doubt_address")
def doubt_address(*, at: datetime, message_id: int, said: str) -> None:
    """Mark the contact point to which a message could not go; after the receipt, since it holds the customer first."""
    message = Message.objects.get(pk=message_id)
    kind = KINDS[Channel(message.channel)]
    points = ContactPoint.objects.filter(customer=message.customer_id, kind=kind, value=message.address, active=True)
    for point in points:
        doubt_contact(contact=point, said=said, by=None, at=at)


@job("messaging.other_way")
def other_way(*, at: datetime, message_id: int) -> None:
    """What WeChat turned away goes by another way; after the receipt, since it holds the customer first."""
    send_by_other_way(message_id=message_id, by=None, at=at)


@every("* * * * *", "messaging.smpp_line")
def keep_line(*, at: datetime) -> None:
    """Keep the line to an SMPP centre bound, so that reports come in also while nothing is sent."""
    port = transport(Channel.SMS)
    if isinstance(port, SmppGateway):
        try:
            port.bound()
        except (TransientError, NotReadyError):
            return  # the next message says what is wrong, the next minute tries again


@every("35 3 * * *", "messaging.forget_numbers")
def forget_old_numbers(*, at: datetime) -> None:
    """Numbers of people who never became customers are not kept for ever."""
    forget_numbers(by=system_user(SYSTEM), at=at)
