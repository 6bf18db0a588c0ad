"""The planned contacts of customers who move to another place (ORG-013)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from kefu.customers.moving import Carrying, Fate, Ids, OpenWork, register_open_work
from kefu.followup.choices import FollowUpState
from kefu.followup.models import FollowUp
from kefu.followup.sentences import OPEN_CONTACTS, OPEN_CONTACTS_NOTE
from kefu.foundation.access.queries import colleagues_with

TAKERS = ("health_manager", "service_agent")


def _open(ids: Ids, at: datetime) -> QuerySet[FollowUp]:
    return FollowUp.objects.filter(customer_id__in=ids, state=FollowUpState.OPEN)


def _carry(carrying: Carrying) -> None:
    """Whoever took a contact on and does not work at the new place gives it back to those who take them there."""
    there = {pk for role in TAKERS for pk in colleagues_with(role, carrying.target.pk).values_list("pk", flat=True)}
    taken = _open(carrying.customers, carrying.at).filter(taken_by__isnull=False).exclude(taken_by__in=there)
    carrying.set(taken, taken_by_id=None)


register_open_work(OpenWork("followup", 50, OPEN_CONTACTS, Fate.FOLLOWS, OPEN_CONTACTS_NOTE, _open, _carry))
