"""Who may keep whose clinic hours: a centre's all of them, a doctor his or her own (APT-017, APT-019)."""

from __future__ import annotations

from kefu.appointments.permissions import AppointmentPermission
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import access_of
from kefu.kernel.errors import OutOfScope
from kefu.organisation.models import User


def require_schedule(by: User, doctor: User, node_id: int) -> None:
    """Refuse unless one keeps the hours of this doctor at this centre. Raises Forbidden, OutOfScope."""
    require(by, AppointmentPermission.SCHEDULE, node_id=node_id)
    if not keeps_schedule(by, doctor.pk, node_id):
        raise OutOfScope()


def keeps_schedule(by: User, doctor_id: int, node_id: int) -> bool:
    """Whether one keeps the hours of this doctor at this centre."""
    access = access_of(by)
    if access.may_at(AppointmentPermission.SCHEDULE, node_id):
        return True
    return access.may_own_at(AppointmentPermission.SCHEDULE, node_id) and doctor_id in access.persons


def require_place(by: User, node_id: int) -> None:
    """Refuse unless one keeps the hours of everybody at this centre. Raises Forbidden, OutOfScope."""
    require(by, AppointmentPermission.SCHEDULE, node_id=node_id)
    if not access_of(by).may_at(AppointmentPermission.SCHEDULE, node_id):
        raise OutOfScope()
