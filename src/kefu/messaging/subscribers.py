"""What messaging does when the outbox gives a message up, and when a customer leaves, dies, is restricted or no longer agrees."""

from kefu.customers.events import ConsentWithdrawn, CustomerClosed, CustomerDied, CustomerRestricted
from kefu.customers.queries.consents import MARKETING
from kefu.foundation.events.bus import subscribe
from kefu.foundation.jobs.defer import defer
from kefu.foundation.outbox.actions import withdraw
from kefu.foundation.outbox.choices import State
from kefu.foundation.outbox.events import MessageStopped, MessageTaken
from kefu.messaging.actions import report_undelivered
from kefu.messaging.actions.consent import take_back
from kefu.messaging.actions.resending import count_cost
from kefu.messaging.choices import Channel
from kefu.messaging.models import Message
from kefu.messaging.ports.screen import SCREEN
from kefu.messaging.ports.wechat import turned_away
from kefu.messaging.rules import sms_parts


def on_stopped(event: MessageStopped) -> None:
    """Whoever wrote a message that is given up hears of it, where WeChat turned it away only after another way was tried; one that is only held may still leave."""
    if event.state != State.DEAD:
        return
    message = Message.objects.filter(outbox_id=event.message_id).select_related("by", "customer").first()
    if message is None:
        return
    if event.channel == Channel.WECHAT and turned_away(event.reason):
        defer("messaging.other_way", message_id=message.pk)
    else:
        report_undelivered(message=message, reason=event.reason, by=None, at=event.at)
    if event.no_such_address:
        defer("messaging.doubt_address", message_id=message.pk, said=event.reason)


def on_taken(event: MessageTaken) -> None:
    """What left as a text message costs; what was only shown costs nothing."""
    if event.via == SCREEN:
        return
    sent = Message.objects.filter(outbox_id=event.message_id, channel=Channel.SMS).select_related("customer").first()
    if sent is not None:
        count_cost(message=sent, parts=event.parts or sms_parts(sent.body), by=None, at=event.at)


def on_customer_gone(event: CustomerClosed | CustomerDied | CustomerRestricted) -> None:
    """Nothing that still waits leaves for somebody who is closed or died, or whose data rests."""
    withdraw(customer_id=event.customer_id, reason=event.reason, by=event.by, at=event.at)


def on_consent_withdrawn(event: ConsentWithdrawn) -> None:
    """What still waits to leave by a way to which the customer no longer agrees stays here (SEC-001)."""
    ways = [way.value for way, scope in MARKETING.items() if scope == event.scope]
    if ways:
        take_back(customer_id=event.customer_id, channels=ways, reason=event.reason, by=event.by, at=event.at)


subscribe(MessageStopped, on_stopped)
subscribe(MessageTaken, on_taken)
subscribe(ConsentWithdrawn, on_consent_withdrawn)
subscribe(CustomerClosed, on_customer_gone)
subscribe(CustomerDied, on_customer_gone)
subscribe(CustomerRestricted, on_customer_gone)
