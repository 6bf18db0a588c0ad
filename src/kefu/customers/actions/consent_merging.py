"""What becomes of the consents when two archives turn out to be one person."""

from __future__ import annotations

from kefu.customers.choices import ConsentScope, ConsentState
from kefu.customers.merging import Joining
from kefu.customers.models import ConsentEntry
from kefu.customers.queries.consents import standing_of
from kefu.customers.rules import strictest
from kefu.foundation.audit.trail import within_action


@within_action
def combine_consents(joining: Joining) -> None:
    """All rows go to the surviving customer; what either archive withdrew stays withdrawn, also where the other agreed later."""
    surviving, merged = joining.survivor_id, joining.merged_id
    for scope in ConsentScope:
        ours, theirs = standing_of(surviving, scope), standing_of(merged, scope)
        rows = ConsentEntry.objects.filter(customer_id__in=(surviving, merged), scope=scope)
        if strictest(_state(ours), _state(theirs), refused=ConsentState.WITHDRAWN) == ConsentState.WITHDRAWN:
            joining.set(rows.filter(state=ConsentState.GIVEN, outranked=False), outranked=True)
    joining.set(ConsentEntry.objects.filter(customer_id=merged), customer_id=surviving)


def _state(entry: ConsentEntry | None) -> str | None:
    return entry.state if entry else None
