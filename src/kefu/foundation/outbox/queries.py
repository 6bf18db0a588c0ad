"""What waits in the outbox, for the page that shows it."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from kefu.foundation.outbox.choices import STOPPED, State
from kefu.foundation.outbox.models import OutboxMessage


def stopped() -> QuerySet[OutboxMessage]:
    """Held and dead messages, which wait for a person; latest first."""
    return OutboxMessage.objects.filter(state__in=STOPPED).order_by("-id")


def counts() -> dict[State, int]:
    """How many messages are not yet sent nor given up, by state; states without any are missing."""
    unsettled = [State.PENDING, State.SENDING, *STOPPED]
    rows = OutboxMessage.objects.filter(state__in=unsettled).values_list("state").annotate(Count("pk")).order_by()
    return {State(state): count for state, count in rows}
