"""The lists of bookings, of requests and of who waits, taken away as spreadsheets (APT-009)."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.listing import APPOINTMENTS
from kefu.appointments.models import Appointment, AppointmentRequest
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.requests import waiting_for
from kefu.appointments.waitlist_listing import TAKEN_AWAY, WAITLIST
from kefu.foundation.exchange.lists import Asked, Listed, register
from kefu.foundation.lists.exporting import away
from kefu.organisation.models import User


def listed(user: User, asked: Asked, at: datetime) -> QuerySet[Appointment]:
    """What the page lists, in its order."""
    order = APPOINTMENTS.orders.get(asked.get("order", ""), APPOINTMENTS.orders["time"])
    return APPOINTMENTS.rows(user, asked, at).order_by(*order)


def requested(user: User, asked: Asked, _at: datetime) -> QuerySet[AppointmentRequest]:
    """The requests that wait, the earliest due first; with `show=all` every one, the newest first, as their page does."""
    if asked.get("show") != "all":
        return waiting_for(user)
    rows = AppointmentRequest.objects.visible_to(user, AppointmentPermission.BOOK)
    return rows.select_related("customer", "node", "doctor").order_by("-id")


LIST = register(
    Listed(
        code="appointments.list", title=_("预约"), page="appointments:list", view=(AppointmentPermission.VIEW,), rows=listed,
        nodes=("node_id",), customers=lambda one: (one.customer_id,),
        columns=(
            (_("日期"), lambda one: timezone.localdate(one.start)), (_("开始"), lambda one: f"{timezone.localtime(one.start):%H:%M}"),
            (_("结束"), lambda one: f"{timezone.localtime(one.end):%H:%M}"), (_("客户"), lambda one: one.customer.name),
            (_("健康档案号"), lambda one: one.customer.archive_number), (_("事项"), lambda one: one.type.label),
            (_("医生"), lambda one: one.doctor.name), (_("中心"), lambda one: one.node.label), (_("诊室"), lambda one: one.room.label if one.room else ""),
            (_("状态"), lambda one: one.get_status_display()), (_("来源"), lambda one: one.get_channel_display()), (_("备注"), lambda one: one.note),
        ),
    )
)  # fmt: skip
REQUESTS = register(
    Listed(
        code="appointments.requests", title=_("预约申请"), page="appointments:requests", view=(AppointmentPermission.BOOK,), rows=requested,
        nodes=("node_id",), customers=lambda one: (one.customer_id,),
        columns=(
            (_("提交"), lambda one: one.submitted_at), (_("客户"), lambda one: one.called), (_("事项"), lambda one: one.type.label),
            (_("中心"), lambda one: one.node.label), (_("医生"), lambda one: one.doctor.name if one.doctor else ""),
            (_("想约的时间"), lambda one: one.wished or one.wish), (_("来源"), lambda one: one.get_channel_display()),
            (_("状态"), lambda one: one.get_state_display()), (_("应答复"), lambda one: one.due_at), (_("答复"), lambda one: one.answered_at),
            (_("超时时间"), lambda one: one.breached_at),
        ),
    )
)  # fmt: skip
register(away(WAITLIST, code=TAKEN_AWAY, nodes=("node_id",), customers=lambda one: (one.customer_id,)))
