"""What administration does when the outbox gives a mail up."""

from kefu.administration.actions.invitations import report_lost_invitation
from kefu.administration.queries.links import INVITATION
from kefu.foundation.events.bus import subscribe
from kefu.foundation.outbox.choices import State
from kefu.foundation.outbox.events import MessageStopped
from kefu.foundation.outbox.models import OutboxMessage
from kefu.organisation.models import User


def on_stopped(event: MessageStopped) -> None:
    """Somebody was invited and will not hear of it: the administrators are told."""
    message = OutboxMessage.objects.get(pk=event.message_id)
    if event.state == State.DEAD and message.subject_id is not None and message.key.startswith(f"{INVITATION}:"):
        report_lost_invitation(user=User.objects.get(pk=message.subject_id), at=event.at)


subscribe(MessageStopped, on_stopped)
