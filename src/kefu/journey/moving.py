"""Journeys belong to the customer: whose turn it is are those with the role at the new place (ORG-013)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kefu.customers.moving import Fate, Ids, OpenWork, register_open_work
from kefu.journey.choices import JourneyState
from kefu.journey.models import Journey
from kefu.journey.sentences import OPEN_JOURNEYS, OPEN_JOURNEYS_NOTE


def _open(ids: Ids, at: datetime) -> QuerySet[Journey]:
    return Journey.objects.filter(customer_id__in=ids, state=JourneyState.OPEN)


register_open_work(OpenWork("journey", 5, OPEN_JOURNEYS, Fate.FOLLOWS, OPEN_JOURNEYS_NOTE, _open))
