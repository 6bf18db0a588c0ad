"""The daily list is handed in: its counts stay as they were (STK-025)."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.dispatch.models import DayList
from kefu.dispatch.permissions import DispatchPermission
from kefu.dispatch.queries import DAY, day_counts, day_rows
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.foundation.numbering.series import Series
from kefu.kernel.errors import Invalid, Refused
from kefu.organisation.models import User
from kefu.stock.models import Warehouse

LISTS = Series("dispatch.day", "RB")


@action
def hand_in_list(*, warehouse: Warehouse, day: date, by: User, at: datetime) -> DayList:
    """Hand in the list of a day, once. Raises Invalid for a day that is not over, Refused "handed_in"."""
    require(by, DispatchPermission.REGISTER, node_id=warehouse.node_id)
    if day >= timezone.localdate(at):
        raise Invalid.one("day", "not_over", _("这一天还没过完，明天再交"))
    Warehouse.objects.select_for_update(no_key=True).get(pk=warehouse.pk)
    if DayList.objects.filter(warehouse=warehouse, day=day).exists():
        raise Refused("handed_in", _("这一天的发货日报已经交过"))
    counts = day_counts(day_rows(warehouse, day))
    made = DayList.objects.create(number=LISTS.issue(at), warehouse=warehouse, day=day, **asdict(counts), by=by, at=at)
    record(
        "dispatch.day.handed_in", by=by, at=at, subject=Subject(DAY, made.pk), node_id=warehouse.node_id,
        changes={"number": (None, made.number), "day": (None, day.isoformat()), "open_orders": (None, counts.open_orders)},
    )  # fmt: skip
    return made
