"""A hand-over that waits for an answer keeps its customer from moving to another place (ORG-013)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kefu.customers.moving import Fate, Ids, OpenWork, keep_place, register_open_work
from kefu.customers.sentences import OPEN_OFFER, OPEN_OFFER_NOTE
from kefu.foundation.assignments.choices import AssignmentState
from kefu.foundation.assignments.models import Assignment


def _open(ids: Ids, at: datetime) -> QuerySet[Assignment]:
    return Assignment.objects.filter(customer_id__in=ids, state=AssignmentState.OFFERED)


register_open_work(OpenWork("customers.offers", 1, OPEN_OFFER, Fate.HINDERS, OPEN_OFFER_NOTE, _open))
keep_place("customers.Customer", "node", "the move itself")
for _field in ("node_before", "node_after"):
    keep_place("customers.OwnershipChange", _field, "history")
