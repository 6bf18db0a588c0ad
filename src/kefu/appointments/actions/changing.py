"""What every change of a booking begins with: the booking locked, in a state that allows it, and not too late or too often."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.appointments.clashes import BAR_WORDS
from kefu.appointments.limits import STAFF_CUTOFF_HOURS
from kefu.appointments.models import Appointment
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import staff_bar
from kefu.appointments.rules import Bar, bar
from kefu.customers.holding import hold
from kefu.customers.permissions import CustomerPermission
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.foundation.audit.trail import within_action
from kefu.kernel.errors import Forbidden, Invalid, Refused
from kefu.organisation.models import Node, User


@within_action
def require_for_visitors(*, by: User, node: Node) -> None:
    """Only the system acts for people who are not logged in. Raises Forbidden."""
    if not (by.is_system and access_of(by).may_at(CustomerPermission.INTAKE, node.pk)):
        raise Forbidden("no_right", _("您的岗位没有这项权限，请联系管理员。"))


@within_action
def locked(*, appointment: Appointment) -> Appointment:
    """The booking as it is now, its customer and itself locked."""
    hold(appointment.customer_id)
    rows = Appointment.objects.select_for_update(of=("self",), no_key=True).select_related("customer", "doctor", "node")
    return rows.get(pk=appointment.pk)


@within_action
def need(*, row: Appointment, statuses: Collection[str]) -> None:
    """Raise Refused `status` unless the booking stands so."""
    if row.status not in statuses:
        raise Refused("status", _("这个预约现在是“%(status)s”，不能这样办。") % {"status": row.get_status_display()})


@within_action
def not_too_late(*, row: Appointment, override: bool, by: User, at: datetime) -> None:
    """Raise Refused `too_late` when staff may not cancel any more, unless somebody with the right to makes an exception."""
    _pass(row, bar(row.start, at, hours=STAFF_CUTOFF_HOURS.on(at, node_id=row.node_id)), override, by)


@within_action
def not_barred(*, row: Appointment, override: bool, reason: str, by: User, at: datetime) -> None:
    """Raise Refused `too_late` or `too_often` when staff may not move any more, unless somebody with the right makes an exception.

    Raises Invalid for an exception without a reason.
    """
    found = staff_bar(row, at)
    if found and override and not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))
    _pass(row, found, override, by)


def _pass(row: Appointment, found: Bar | None, override: bool, by: User) -> None:
    if found is None:
        return
    if not override:
        raise Refused(found, BAR_WORDS[found])
    require(by, AppointmentPermission.OVERRIDE, node_id=row.node_id)
