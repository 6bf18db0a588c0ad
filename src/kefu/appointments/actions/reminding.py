"""Reminding customers on the day before: one message for all of one customer's bookings of the day at one place (APT-006)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from django.utils import timezone

from kefu.appointments.actions.telling import keep_told
from kefu.appointments.choices import ToldKind
from kefu.appointments.models import Appointment
from kefu.appointments.queries.telling import KIND, unreminded
from kefu.appointments.telling_rules import TEMPLATES, listed
from kefu.customers.holding import lock
from kefu.foundation.audit.trail import Subject, action, nothing_changed
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.messaging.actions import send
from kefu.messaging.composing import centre_values
from kefu.organisation.models import User

DAY = timedelta(days=1)


@action
def remind(*, appointments: Sequence[int], by: User, at: datetime) -> None:
    """Remind a customer of tomorrow's bookings, those that still stand and nobody was reminded of; never after the day began.

    Who cannot be reached is kept with the reason, and stands on the workbench of reception.
    """
    found = list(_standing(appointments, at))
    if not found:
        return nothing_changed()
    first = found[0]
    day = timezone.localdate(first.start)
    sequences = [row.changes.order_by("-pk").values_list("pk", flat=True)[0] for row in found]
    steps = "-".join(f"{row.pk}.{sequence}" for row, sequence in zip(found, sequences, strict=True))
    message = send(
        customer=first.customer, template=TEMPLATES[ToldKind.REMINDER],
        values=centre_values(first.node)
        | {"time": listed([f"{timezone.localtime(row.start):%H:%M}" for row in found]),
           "item": lambda: listed([row.type.label for row in found])},
        subject=Subject(KIND, first.pk), key=f"reminder:{day}:{steps}"[:110], expires_at=datetime.combine(day, time(), SHANGHAI), by=by, at=at,
    )  # fmt: skip
    for row, sequence in zip(found, sequences, strict=True):
        keep_told(appointment=row, kind=ToldKind.REMINDER, sequence=sequence, message=message, at=at)
    return None


def _standing(appointments: Sequence[int], at: datetime) -> Sequence[Appointment]:
    """Those of the bookings that are tomorrow's and unreminded now that their customer is held; of the first one's customer and place."""
    whose = list(
        Appointment.objects.filter(pk__in=appointments).order_by("pk").values_list("customer_id", flat=True).distinct()
    )
    lock(*sorted(set(whose)))
    people = ("customer__node", "customer__doctor", "customer__health_manager", "node")
    rows = list(unreminded(timezone.localdate(at) + DAY).filter(pk__in=appointments).select_related(*people))
    return [row for row in rows if (row.customer_id, row.node_id) == (rows[0].customer_id, rows[0].node_id)]
