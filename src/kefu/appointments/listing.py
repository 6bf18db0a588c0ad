"""The list of bookings, as people make it their own (APT-009)."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import AppointmentStatus, Channel, PartOfDay
from kefu.appointments.models import Appointment, VisitType
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.finding import Sought, find
from kefu.appointments.wording import status_at
from kefu.customers.presentation import person, view_of
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission
from kefu.foundation.lists.columns import Column
from kefu.foundation.lists.picking import picked
from kefu.foundation.lists.specs import ListSpec, Named
from kefu.foundation.ui.days import day_in
from kefu.foundation.ui.inputs import Verb
from kefu.kernel.ids import parse_number
from kefu.organisation.models import User

FILTERS = ("q", "first", "last", "time", "part", "node", "doctor", "type", "status", "channel")
LATEST = "latest"


def sought_in(params: QueryDict, at: datetime) -> Sought:
    """What an address looks for; what makes no sense counts as not given. Where nothing says when, from today on."""
    first, last = day_in(params.get("first")), day_in(params.get("last"))
    if not any(params.get(name) for name in ("q", "first", "last")) and params.get("order") != LATEST:
        first = timezone.localdate(at)
    return Sought(
        text=params.get("q", "")[:80], first=first, last=last, time=_time(params.get("time")), part=_one_of(params, "part", PartOfDay),
        node=parse_number(params.get("node")), doctor=parse_number(params.get("doctor")), type=type_in(params),
        status=_one_of(params, "status", AppointmentStatus), channel=_one_of(params, "channel", Channel), only=picked(params),
    )  # fmt: skip


def _time(text: str | None) -> time | None:
    try:
        return time.fromisoformat(text or "")
    except ValueError:
        return None


def _one_of(params: QueryDict, name: str, choices: Any) -> str:
    value: str = params.get(name, "")
    return value if value in choices.values else ""


def type_in(params: QueryDict) -> str:
    """The item of an address, retired or not; empty for none."""
    code: str = params.get("type", "")
    return code if code and VisitType.objects.filter(code=code).exists() else ""


def _rows(user: User, params: QueryDict, at: datetime) -> QuerySet[Appointment]:
    rows: QuerySet[Appointment] = find(user, sought_in(params, at))
    return rows.select_related("customer", "doctor", "node", "room")


def _visible(user: User) -> QuerySet[Appointment]:
    return Appointment.objects.visible_to(user).select_related("customer", "doctor", "node")


def _reaches(user: User, permission: Permission, row: Appointment) -> bool:
    return access_of(user).may_in(permission, row.node_id)


def _url(row: Appointment) -> str:
    return reverse("appointments:appointment", args=[row.pk])


COLUMNS: tuple[Column[Appointment], ...] = (
    Column("start", _("时间"), lambda row, reader: row.start, "timed", fixed=True, order="time", exported=(
        (_("日期"), lambda row, reader: timezone.localdate(row.start)), (_("开始"), lambda row, reader: f"{timezone.localtime(row.start):%H:%M}"),
        (_("结束"), lambda row, reader: f"{timezone.localtime(row.end):%H:%M}"))),
    Column("customer", _("客户"), lambda row, reader: view_of(row.customer, reader.at), "customer", fixed=True),
    Column("type", _("事项"), lambda row, reader: row.type.label, "code"),
    Column("doctor", _("医生"), lambda row, reader: person(row.doctor, reader.user), "person"),
    Column("node", _("中心"), lambda row, reader: row.node.label, "code"),
    Column("room", _("诊室"), lambda row, reader: row.room.label if row.room else "", "code", shown=False),
    Column("status", _("状态"), lambda row, reader: status_at(row, reader.at, timedelta()), "status",
           exported=((_("状态"), lambda row, reader: row.get_status_display()),)),
    Column("channel", _("来源"), lambda row, reader: row.get_channel_display(), "code"),
    Column("note", _("备注"), lambda row, reader: row.note, shown=False),
    Column("booked_by", _("谁预约的"), lambda row, reader: person(row.booked_by, reader.user), "person", shown=False, joins=("booked_by",)),
    Column("booked_at", _("预约于"), lambda row, reader: row.booked_at, "moment", shown=False),
    Column("open", _("看预约"), lambda row, reader: Verb(_("看预约"), _url(row)), "verb", fixed=True, exported=()),
)  # fmt: skip
APPOINTMENTS = ListSpec(
    code="appointments", title=_("预约"), url_name="appointments:list", permission=AppointmentPermission.VIEW, share=AppointmentPermission.SCHEDULE,
    columns=COLUMNS, orders={"time": ("starts", "id"), LATEST: ("-starts", "-id")}, filters=FILTERS, visible=_visible, rows=_rows,
    named=lambda row: Named(row.type.label, row.customer.name, _url(row)), reaches=_reaches,
)  # fmt: skip
