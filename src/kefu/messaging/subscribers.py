"""What messaging does when the outbox gives a message up, and when a customer dies or is restricted."""

from kefu.customers.events import CustomerDied, CustomerRestricted
from kefu.foundation.events.bus import subscribe
from kefu.foundation.outbox.actions import withdraw
from kefu.foundation.outbox.choices import State
from kefu.foundation.outbox.events import MessageStopped
from kefu.messaging.actions import report_undelivered
from kefu.messaging.models import Message


def on_stopped(event: MessageStopped) -> None:
    """Whoever wrote a message that is given up hears of it; one that is only held may still leave."""
    if event.state != State.DEAD:
        return
    message = Message.objects.filter(outbox_id=event.message_id).select_related("by", "customer").first()
    if message is not None:
        report_undelivered(message=message, reason=event.reason, by=None, at=event.at)


def on_customer_gone(event: CustomerDied | CustomerRestricted) -> None:
    """Nothing that still waits leaves for somebody who died, or whose data rests."""
    withdraw(customer_id=event.customer_id, reason=event.reason, by=event.by, at=event.at)


subscribe(MessageStopped, on_stopped)
subscribe(CustomerDied, on_customer_gone)
subscribe(CustomerRestricted, on_customer_gone)
