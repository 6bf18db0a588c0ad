"""What becomes of the consents when two archives turn out to be one person."""

from __future__ import annotations

from kefu.customers.choices import ConsentMethod, ConsentScope, ConsentState
from kefu.customers.models import ConsentEntry
from kefu.customers.queries.consents import standing_of
from kefu.customers.rules import strictest
from kefu.foundation.audit.trail import within_action


@within_action
def combine_consents(surviving: int, merged: int) -> None:
    """All rows go to the surviving customer; what either archive withdrew stays withdrawn, also where the other agreed later.

    The row that says so stands right behind the latest one, in the name of who wrote the withdrawal down.
    """
    for scope in ConsentScope:
        ours, theirs = standing_of(surviving, scope), standing_of(merged, scope)
        ConsentEntry.objects.filter(customer_id=merged, scope=scope).update(customer_id=surviving)
        counts = strictest(_state(ours), _state(theirs), refused=ConsentState.WITHDRAWN)
        latest = standing_of(surviving, scope)
        if latest is None or counts is None or latest.state == counts:
            continue
        said = next(entry for entry in (ours, theirs) if entry is not None and entry.state == counts)
        ConsentEntry.objects.create(
            customer_id=surviving, text=said.text, scope=scope, state=counts, method=ConsentMethod.MERGED, by_id=said.by_id, at=latest.at
        )  # fmt: skip


def _state(entry: ConsentEntry | None) -> str | None:
    return entry.state if entry else None
