"""Moving a booking to another time, doctor, place or kind: one transaction on the same booking, which keeps its history."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kefu.appointments.actions.changing import locked, need, not_barred
from kefu.appointments.actions.noting import tell_doctor, write_history, write_timeline, write_trail
from kefu.appointments.actions.taking import given, take_instead
from kefu.appointments.choices import AppointmentStatus
from kefu.appointments.clashes import first_come
from kefu.appointments.events import AppointmentMoved
from kefu.appointments.models import Appointment
from kefu.appointments.models.bookings import Where
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries import offered, slot_at
from kefu.appointments.queries.types import bookable_type, require_at
from kefu.appointments.sentences import AT_BEFORE, FOR_BEFORE, MOVED, MOVED_FROM, OTHER_DOCTOR, WITH_BEFORE, moment
from kefu.appointments.visitors import require_desk
from kefu.foundation.audit.trail import action, within_action
from kefu.foundation.events.bus import announce
from kefu.foundation.sentences.saying import Said, Sentence
from kefu.kernel.errors import Refused
from kefu.kernel.ids import ident
from kefu.organisation.models import Node, User
from kefu.people.queries import require_bookable

MOVABLE = (AppointmentStatus.BOOKED,)


@first_come
@action
def move(*, appointment: Appointment, start: datetime, doctor: User | None = None, node: Node | None = None, type: str | None = None,
         reason: str = "", override: bool = False, on_us: bool = False, by: User, at: datetime) -> Appointment:  # fmt: skip
    """Move a booking to another free slot, also of another doctor or centre; the old slot is free at once (APT-007, APT-008).

    `on_us`: we asked for it (leave, a closed day); then it counts for no limit. A retired item stays what it is. Refusals as in `book`, and `too_late`, `too_often`
    (with a right and a reason, `override` passes both), `status`. When refused, the booking stands as it stood.
    """
    row = locked(appointment=appointment)
    require_desk(by, AppointmentPermission.CHANGE, row.node_id)
    need(row=row, statuses=MOVABLE)
    if not on_us:
        not_barred(row=row, override=override, reason=reason, by=by, at=at)
    before = row.where
    row.doctor, row.node = doctor or row.doctor, node or row.node
    if type is not None and type != row.type_id:
        row.type = bookable_type(type, row.node)
    if row.node != before.node or row.type != before.type:
        require_at(row.type, row.node)
    require_desk(by, AppointmentPermission.CHANGE, row.node_id)
    require_bookable(row.doctor, at)
    slot = offered(row.doctor, row.node, start, at, row.type_id)
    row.sequence += 1
    take_instead(appointment=row, slot=slot, at=at)
    _moved(row, before, MOVED, reason, by, at, on_us=on_us)
    return row


@within_action
def reassign(*, appointment: Appointment, doctor: User, reason: str, by: User, at: datetime) -> None:
    """Keep the time, change the doctor: only where the new one holds clinic then and nobody has taken the slot (ORG-016).

    Raises Refused `not_free` (the booking has to be moved), `doctor_not_certified`, `status`.
    """
    row = locked(appointment=appointment)
    need(row=row, statuses=MOVABLE)
    require_bookable(doctor, at)
    slot, before = slot_at(doctor, row.node, row.start, at, row.type_id, still=True), row.where
    row.doctor, row.sequence = doctor, row.sequence + 1
    if slot is None or slot.end < row.end or not given(appointment=row, slot=slot, at=at):
        raise Refused("not_free", _("%(name)s那个时间不出诊或已有预约，请改约。") % {"name": doctor.name})
    _moved(row, before, OTHER_DOCTOR, reason, by, at, on_us=True)


def _moved(
    row: Appointment, before: Where, words: Sentence, reason: str, by: User, at: datetime, *, on_us: bool
) -> None:
    write_history(row=row, before=before, reason=reason, on_us=on_us, by=by, at=at)
    write_trail(row=row, verb="moved" if words is MOVED else "reassigned", changes=_differences(before, row.where), reason=reason, by=by, at=at)  # fmt: skip
    write_timeline(row=row, words=words, why=[*_was(before, row.where), *filter(None, [reason])], by=by, at=at)
    if before.doctor != row.doctor:
        tell_doctor(row=row, code="doctor_booking_cancelled", was=before, by=by, at=at)
    tell_doctor(row=row, code="doctor_booking_new", by=by, at=at)
    announce(AppointmentMoved(row.pk, row.customer_id, reason, by, at))


def _differences(before: Where, after: Where) -> dict[str, tuple[object, object]]:
    changes: dict[str, tuple[object, object]] = {"start": (before.start, after.start)}
    if before.doctor != after.doctor:
        changes["doctor"] = ident("usr", before.doctor.pk), ident("usr", after.doctor.pk)
    if before.node != after.node:
        changes["node"] = before.node.code, after.node.code
    if before.type != after.type:
        changes["type"] = before.type.code, after.type.code
    return changes


def _was(before: Where, after: Where) -> list[Said]:
    return [
        *([MOVED_FROM(when=moment(before.start))] if before.start != after.start else []),
        *([WITH_BEFORE(doctor=before.doctor.name)] if before.doctor != after.doctor else []),
        *([AT_BEFORE(node=before.node)] if before.node != after.node else []),
        *([FOR_BEFORE(type=before.type)] if before.type != after.type else []),
    ]
