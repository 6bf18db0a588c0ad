"""What the registers do when administration closes an account."""

from kefu.administration.events import UserDeactivated
from kefu.foundation.events.bus import subscribe
from kefu.organisation.models import User
from kefu.people.actions import note_closed


def on_deactivated(event: UserDeactivated) -> None:
    """The departure knows; where an administrator closed at once and something is still held, one begins."""
    note_closed(user=User.objects.get(pk=event.user_id), by=event.by, at=event.at)


subscribe(UserDeactivated, on_deactivated)
