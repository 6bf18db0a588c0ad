"""What has to hold when a message about a booking leaves later than it was meant to: it is still so."""

from __future__ import annotations

from collections.abc import Sequence

from kefu.appointments.models import Told
from kefu.appointments.queries.telling import out_of_date
from kefu.appointments.sentences import TAKEN_BACK
from kefu.customers.holding import lock
from kefu.foundation.outbox import guards


def withheld(message_ids: Sequence[int]) -> dict[int, str]:
    """Those that tell of a booking what is not so any more (APT-007)."""
    ours = Told.objects.filter(message__outbox__in=message_ids)
    lock(*ours.values_list("appointment__customer_id", flat=True))
    return dict.fromkeys(out_of_date(message_ids), TAKEN_BACK.code)


guards.register("appointments", guards.Guard(withheld))
