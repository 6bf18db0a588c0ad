"""Putting conditions on what somebody reaches together."""

from __future__ import annotations

from django.db.models import Q


def any_of(*conditions: Q) -> Q:
    """Whatever meets one of the conditions; nothing where there are none.

    One without limits lets everything through: `|` alone would forget it, and hide the rest from who reaches everything.
    """
    met = Q(pk__in=[])
    for condition in conditions:
        if not condition:
            return Q()
        met |= condition
    return met
