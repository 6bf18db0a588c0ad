"""The daily work between the written scenes: every planned contact is made when it falls due, by the customer's manager."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone

from kefu.config.demo.walk import Walk
from kefu.config.demo.world import World
from kefu.followup.actions import log_contact
from kefu.followup.models import FollowUp
from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.worktime import add_workdays
from kefu.messaging.choices import Outcome

PUNCTUAL = timedelta(minutes=5)
LEFT_OPEN_DAYS = 3  # what fell due in the last working days still waits, as it does in a real week


def keep_contacts(world: World, walks: Iterable[Walk], until: datetime) -> None:
    """Make the contacts due before a moment, in their order; those of the last few days, and those the stories tell themselves, stay."""
    notes = world.content["followup_notes"]
    told = [walk.customer_id for walk in walks if walk.row.get("tells_contacts")]
    due = FollowUp.objects.filter(state="open", due_at__lt=until).exclude(customer__in=told).order_by("due_at", "pk")
    while planned := _first_to_make(world, due):
        manager = planned.customer.health_manager
        if manager is None:
            raise ValueError(f"{planned.customer_id} has follow-ups but no manager")
        note = notes.get(planned.code) or notes[planned.kind]
        log_contact(follow_up=planned, outcome=Outcome.REACHED, note=note, by=manager, at=planned.due_at + PUNCTUAL)


def _first_to_make(world: World, due: QuerySet[FollowUp]) -> FollowUp | None:
    first = due.select_related("customer__node", "customer__health_manager").first()
    if first is None:
        return None
    still_open = add_workdays(calendar_for(first.customer.node), world.today, -LEFT_OPEN_DAYS)
    return first if timezone.localdate(first.due_at) < still_open else None
