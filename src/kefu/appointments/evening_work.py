"""What a health manager owes before leaving: the files of the coming day, and the doctors' reminder (APT-016)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kefu.appointments.choices import AppointmentStatus, Reminded
from kefu.appointments.models import Appointment
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.evenings import (
    begin_of,
    closes_at,
    coming_day,
    concerning,
    days_of,
    reminded,
)
from kefu.foundation.access.queries import access_of
from kefu.foundation.slots.registry import WorkItem
from kefu.foundation.worktime.queries import calendars_for
from kefu.organisation.models import User

LOOK_AHEAD = timedelta(days=15)
"""No holiday is longer."""
AT_MOST = 500
DAY = timedelta(days=1)


def files_owed(user: User, at: datetime) -> Iterable[WorkItem]:
    """One line for each centre of a health manager that works today, until the files of its next working day are ready and the doctors know."""
    access = access_of(user)
    nodes = access.role_nodes.get("health_manager")
    if not nodes or not access.may(AppointmentPermission.BOOK):
        return
    today = timezone.localdate(at)
    first = begin_of(today + DAY)
    rows = Appointment.objects.filter(
        node__in=nodes, status=AppointmentStatus.BOOKED, during__startswith__gte=first, during__startswith__lt=first + LOOK_AHEAD
    )  # fmt: skip
    mine = list(concerning(user, rows).select_related("node", "prepared").order_by("during")[:AT_MOST])
    pairs = days_of(mine)
    told = reminded({doctor for doctor, _day in pairs}, {day for _doctor, day in pairs}, Reminded.DOCTOR)
    for node_id, calendar in calendars_for({row.node_id: row.node for row in mine}.values()).items():
        until, closes = begin_of(coming_day(calendar, today) + DAY), closes_at(calendar, today)
        near = [row for row in mine if row.node_id == node_id and row.start < until]
        files = sum(not hasattr(row, "prepared") for row in near)
        doctors = sum(pair not in told for pair in days_of(near))
        if closes is not None and (files or doctors):
            yield _item(node_id, files, doctors, closes)


def _item(node_id: int, files: int, doctors: int, closes: datetime) -> WorkItem:
    what = []
    if files:
        what.append(ngettext("%d 份客户档案没备好", "%d 份客户档案没备好", files) % files)
    if doctors:
        what.append(ngettext("%d 位医生没提醒", "%d 位医生没提醒", doctors) % doctors)
    return WorkItem(
        group="appointment", label=gettext_lazy("下班前"), icon="moon", verb=gettext_lazy("去办"), what=_("、").join(what),
        why=_("下一个工作日的预约"), url=f"{reverse('appointments:evening')}?node={node_id}", due_at=closes,
    )  # fmt: skip
