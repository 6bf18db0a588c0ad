"""Bookable things of a place."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from kefu.appointments.models import ClinicSchedule, Equipment
from kefu.appointments.permissions import AppointmentPermission
from kefu.foundation.access.checks import require
from kefu.foundation.audit.trail import Subject, action, record
from kefu.kernel.errors import FieldError, Invalid, Refused
from kefu.organisation.models import Node, User

KIND = "appointments.equipment"


@action
def add_equipment(*, node: Node, code: str, zh: str, en: str = "", by: User, at: datetime) -> Equipment:
    """Make a piece of equipment bookable at a centre (APT-019). Raises Invalid without code or name, or for a code in use."""
    require(by, AppointmentPermission.SCHEDULE, node_id=node.pk)
    faults = [
        FieldError(name, "required", _("请填写。")) for name, text in (("code", code), ("zh", zh)) if not text.strip()
    ]
    if Equipment.objects.filter(code=code.strip()).exists():
        faults.append(FieldError("code", "taken", _("这个编码已经用了。")))
    if faults:
        raise Invalid(faults)
    made = Equipment.objects.create(node=node, code=code.strip(), zh=zh.strip(), en=en.strip())
    record("appointments.equipment.added", by=by, at=at, subject=Subject(KIND, made.pk), node_id=node.pk,
           changes={"code": (None, made.code), "name": (None, made.zh)})  # fmt: skip
    return made


@action
def retire_equipment(*, equipment: Equipment, on: date, by: User, at: datetime) -> Equipment:
    """Take a piece of equipment out of use from a day on. Raises Refused `in_use` while clinic hours after that day need it."""
    require(by, AppointmentPermission.SCHEDULE, node_id=equipment.node_id)
    needing = ClinicSchedule.objects.filter(equipment=equipment).exclude(valid_to__lte=on)
    if needing.exists():
        raise Refused("in_use", _("还有出诊时间要用它，请先改那些出诊时间。"))
    before, equipment.retired_on = equipment.retired_on, on
    equipment.save(update_fields=["retired_on"])
    record("appointments.equipment.retired", by=by, at=at, subject=Subject(KIND, equipment.pk), node_id=equipment.node_id,
           changes={"retired_on": (before, on)})  # fmt: skip
    return equipment
