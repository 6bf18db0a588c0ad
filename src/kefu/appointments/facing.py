"""The bookings that a change of the timetable breaks, for somebody who keeps the hours of each of them (APT-019, APT-017)."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import ngettext

from kefu.appointments.models import Appointment
from kefu.appointments.queries.renegotiations import Amendment, broken_by
from kefu.appointments.rights import keeps_schedule
from kefu.kernel.errors import Refused
from kefu.organisation.models import User


def faced(amendment: Amendment, by: User, at: datetime) -> list[Appointment]:
    """What breaks. Raises Refused `hits_elsewhere`, which only counts them, where some are at centres whose hours one does not keep."""
    hits = broken_by(amendment, at)
    elsewhere = [one for one in hits if not keeps_schedule(by, one.doctor_id, one.node_id)]
    if elsewhere:
        words = ngettext(
            "另有 %(count)d 个预约在其他中心（%(places)s），那里的出诊您不管；请各处都管的同事来办。",
            "另有 %(count)d 个预约在其他中心（%(places)s），那里的出诊您不管；请各处都管的同事来办。",
            len(elsewhere),
        ) % {"count": len(elsewhere), "places": "、".join(sorted({one.node.label for one in elsewhere}))}
        raise Refused("hits_elsewhere", words, {"count": len(elsewhere)})
    return hits
