"""What has to hold when a message of an activity leaves later than it was meant to: the activity was not stopped."""

from __future__ import annotations

from collections.abc import Sequence

from kefu.followup.choices import PushState
from kefu.followup.models import PushRecipient
from kefu.followup.sentences import PUSH_STOPPED
from kefu.foundation.outbox import guards


def withheld(message_ids: Sequence[int]) -> dict[int, str]:
    """Those of an activity or greeting that was stopped (FUP-008)."""
    rows = PushRecipient.objects.filter(message__outbox__in=message_ids, push__state=PushState.STOPPED)
    return dict.fromkeys(rows.values_list("message__outbox_id", flat=True), PUSH_STOPPED.code)


guards.register("followup", guards.Guard(withheld))
