"""The waitlist in figures (APT-010)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Aggregate, Count, DurationField, F, Q

from kefu.appointments.choices import ON_WAITLIST, WaitState
from kefu.appointments.limits import HORIZON
from kefu.appointments.models import WaitlistEntry
from kefu.appointments.permissions import AppointmentPermission
from kefu.organisation.models import User

LATELY = timedelta(days=30)


class _Median(Aggregate):
    """The one in the middle."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = DurationField()


@dataclass(frozen=True)
class WaitFigures:
    """Who waits now, to whom a time is offered, and of the last thirty days who got one and how long they waited, in the middle of all."""

    waiting: int
    offered: int
    booked: int
    median: timedelta | None

    @property
    def median_days(self) -> int | None:
        """The same in whole days."""
        return None if self.median is None else self.median.days


def figures_of(user: User, at: datetime) -> WaitFigures:
    """Counted within the user's scope, in one query. Nobody can have waited longer than one may book ahead."""
    rows = WaitlistEntry.objects.visible_to(user, AppointmentPermission.BOOK).order_by()
    recent = Q(state=WaitState.BOOKED, appointment__booked_at__gte=at - LATELY)
    longest = at - LATELY - timedelta(days=HORIZON.on(at))
    found = rows.filter(Q(state__in=ON_WAITLIST) | recent, since__gte=longest).aggregate(
        waiting=Count("pk", filter=Q(state=WaitState.WAITING)), offered=Count("pk", filter=Q(state=WaitState.OFFERED)),
        booked=Count("pk", filter=recent), median=_Median(F("appointment__booked_at") - F("since"), filter=recent),
    )  # fmt: skip
    return WaitFigures(**found)
