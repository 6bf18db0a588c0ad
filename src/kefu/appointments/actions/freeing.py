"""Times that became free are looked at for those who wait, after the commit."""

from __future__ import annotations

from collections.abc import Iterable

from kefu.appointments.queries.waitlist import nodes_of
from kefu.foundation.audit.trail import within_action
from kefu.foundation.jobs.defer import defer


@within_action
def freed(*, doctors: Iterable[int]) -> None:
    """Times of these doctors may be free now. One query where nobody waits at a centre of theirs."""
    for node in nodes_of(doctors):
        look_again(node_id=node.pk)


@within_action
def look_again(*, node_id: int) -> None:
    """See to it that who waits at a centre is offered what is free there; one centre is looked at by one job at a time."""
    defer("appointments.waitlist", lock=f"appointments.waitlist:{node_id}", node_id=node_id)
