"""What messaging does when the outbox gives a message up."""

from kefu.foundation.events.bus import subscribe
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


subscribe(MessageStopped, on_stopped)
