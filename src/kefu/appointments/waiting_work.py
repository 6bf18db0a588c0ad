"""What the workbench shows of the waitlist: customers who have to answer to a time that is kept for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import PlaceAnswer
from kefu.appointments.models import OfferedPlace, WaitlistEntry
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.sentences import moment
from kefu.foundation.access.queries import access_of
from kefu.foundation.slots.registry import WorkItem
from kefu.organisation.models import User

SHOWN = 100
DESK = frozenset({"service_agent", "service_supervisor", "guide"})


def waiting_calls(user: User, at: datetime) -> Iterable[WorkItem]:
    """Times kept for customers, whoever has to answer soonest first: health managers see their own customers, the desk all of them."""
    access = access_of(user)
    if not access.may(AppointmentPermission.BOOK):
        return
    seen = WaitlistEntry.objects.visible_to(user, AppointmentPermission.BOOK)
    rows = OfferedPlace.objects.filter(entry__in=seen, answer=PlaceAnswer.OPEN, until__gt=at)
    if "health_manager" in access.roles and not access.roles & DESK:
        rows = rows.filter(
            Q(entry__customer__health_manager__isnull=True) | Q(entry__customer__health_manager_id__in=access.persons)
        )
    for place in rows.select_related(
        "entry__customer", "entry__type", "doctor", "message__outbox", "message__replacement__outbox"
    ).order_by("until", "id")[:SHOWN]:
        entry, unreached = place.entry, place.to_call
        yield WorkItem(
            group="appointment", label=_("候补有空位"), icon="phone-call", verb=_("打电话") if unreached else _("看候补"),
            what=f"{entry.type.label} · {moment(place.start)} · {place.doctor.name}",
            why=str(_("消息发不到，请打电话") if unreached else _("已发消息，等客户答复")),
            url=reverse("appointments:waiting", args=[entry.pk]), due_at=place.until, started_at=place.at,
            customer_id=entry.customer_id, customer_name=entry.customer.name,
        )  # fmt: skip
