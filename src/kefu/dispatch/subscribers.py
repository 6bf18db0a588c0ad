"""What WeChat turned away and went by text message or mail tells of the coach in its place (STK-023)."""

from kefu.dispatch.actions.telling import tell_instead
from kefu.foundation.events.bus import subscribe
from kefu.messaging.events import SentInstead


def on_sent_instead(event: SentInstead) -> None:
    """The other message is what the customer was told of the run."""
    tell_instead(message_id=event.message_id, instead_of_id=event.instead_of_id)


subscribe(SentInstead, on_sent_instead)
