"""The list of bookings, taken away as a spreadsheet (APT-009)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.listing import APPOINTMENTS
from kefu.appointments.models import Appointment
from kefu.appointments.permissions import AppointmentPermission
from kefu.foundation.exchange.lists import Asked, Listed, register
from kefu.organisation.models import User


def listed(user: User, asked: Asked, at: datetime) -> QuerySet[Appointment]:
    """What the page lists, in its order."""
    order = APPOINTMENTS.orders.get(asked.get("order", ""), APPOINTMENTS.orders["time"])
    return APPOINTMENTS.rows(user, asked, at).order_by(*order)


LIST = register(
    Listed(
        code="appointments.list", title=_("预约"), page="appointments:list", view=(AppointmentPermission.VIEW,), rows=listed,
        nodes=("node_id",), customers=lambda one: (one.customer_id,),
        columns=(
            (_("日期"), lambda one: timezone.localdate(one.start)), (_("开始"), lambda one: f"{timezone.localtime(one.start):%H:%M}"),
            (_("结束"), lambda one: f"{timezone.localtime(one.end):%H:%M}"), (_("客户"), lambda one: one.customer.name),
            (_("健康档案号"), lambda one: one.customer.archive_number), (_("事项"), lambda one: one.get_type_display()),
            (_("医生"), lambda one: one.doctor.name), (_("中心"), lambda one: one.node.label), (_("诊室"), lambda one: one.room.label if one.room else ""),
            (_("状态"), lambda one: one.get_status_display()), (_("来源"), lambda one: one.get_channel_display()), (_("备注"), lambda one: one.note),
        ),
    )
)  # fmt: skip
