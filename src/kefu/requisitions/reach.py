"""Putting conditions on what somebody reaches together."""

from __future__ import annotations

from django.db.models import Q


def any_of(*conditions: Q) -> Q:
    """Whatever meets one of the conditions. One without limits lets everything through, which `|` alone would forget."""
    met = Q(pk__in=[])
    for condition in conditions:
        if not condition:
            return Q()
        met |= condition
    return met
