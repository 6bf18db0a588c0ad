"""What the registers do when administration closes an account, or opens it again."""

from kefu.administration.events import UserDeactivated, UserReactivated
from kefu.foundation.events.bus import subscribe
from kefu.organisation.models import User
from kefu.people.actions import note_closed, note_reopened


def on_deactivated(event: UserDeactivated) -> None:
    """The departure knows; where an administrator closed at once and something is still held, one begins."""
    note_closed(user=User.objects.get(pk=event.user_id), by=event.by, at=event.at)


def on_reactivated(event: UserReactivated) -> None:
    """Who is back isn't leaving any more."""
    note_reopened(user=User.objects.get(pk=event.user_id), reason=event.reason, by=event.by, at=event.at)


subscribe(UserDeactivated, on_deactivated)
subscribe(UserReactivated, on_reactivated)
