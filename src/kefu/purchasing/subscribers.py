"""What purchasing does when the mail with an order has left, or did not."""

from django.urls import reverse

from kefu.foundation.events.bus import subscribe
from kefu.foundation.outbox.events import MessageStopped, MessageTaken
from kefu.purchasing.actions.ordering import note_transmitted, report_unsent
from kefu.purchasing.models import OrderSending


def _sending(message_id: int) -> OrderSending | None:
    return OrderSending.objects.filter(message_id=message_id).select_related("order__warehouse", "by").first()


def on_taken(event: MessageTaken) -> None:
    """The supplier's mail server has it: the order counts as sent."""
    sending = _sending(event.message_id)
    if sending is not None:
        note_transmitted(sending=sending, by=sending.by, at=event.at)


def on_stopped(event: MessageStopped) -> None:
    """Whoever sent it hears that it did not leave."""
    sending = _sending(event.message_id)
    if sending is not None:
        link = reverse("purchasing:order", args=[sending.order_id])
        report_unsent(sending=sending, link=link, by=sending.by, at=event.at)


subscribe(MessageTaken, on_taken)
subscribe(MessageStopped, on_stopped)
