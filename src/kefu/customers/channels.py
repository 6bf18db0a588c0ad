"""Where those who come by a channel belong (ORG-013)."""

from __future__ import annotations

from kefu.customers.models import Source
from kefu.foundation.access.queries import subtree
from kefu.organisation.models import Node


def district_of(place: Node, source: Source | None) -> Node:
    """The place of a new customer: the district of the agent's channel, unless the given place is that or below it."""
    district = source.node if source else None
    if district is None or district.closed_on is not None or place.pk in subtree(district.pk):
        return place
    return district
