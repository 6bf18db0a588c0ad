"""What is wrong with clinic hours, in the words of who enters them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, time

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import ExceptionKind
from kefu.appointments.models import ClinicSchedule, ScheduleException, VisitType
from kefu.appointments.queries.timetables import timetable
from kefu.appointments.rules import holds_one, overlap
from kefu.foundation.worktime.models import ClosedDay
from kefu.kernel.errors import FieldError, Invalid
from kefu.organisation.models import Node, Room

SLOT_MINUTES = range(5, 241)
CAPACITY = range(1, 51)
BUFFER_MINUTES = range(121)
LONGEST = 366
"""Days of leave entered at once."""
OVERLAP = _("和这位医生已有的出诊时间重叠。")


def check_hours(row: ClinicSchedule, instead_of: ClinicSchedule | None = None) -> None:
    """Raises Invalid for weekly hours that cannot be, or that overlap others of the doctor at whatever centre (APT-019)."""
    faults = [*_times(row.opens, row.closes), *_cut(row), *_places(row)]
    if row.weekday not in range(7):
        faults.append(FieldError("weekday", "range", _("请选星期几。")))
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        faults.append(FieldError("valid_to", "order", _("结束日期不能早于生效日期。")))
    if not faults and _overlapping(row, instead_of):
        faults.append(overlapping())
    if faults:
        raise Invalid(faults)


def check_extra(row: ScheduleException, node: Node) -> None:
    """Raises Invalid for extra hours that cannot be, or at a time when the doctor is elsewhere, or away."""
    assert row.opens is not None and row.closes is not None
    faults = [*_times(row.opens, row.closes), *_room(row.room, node), *_types(row.types, node)]
    if row.slot_minutes is not None and row.slot_minutes not in SLOT_MINUTES:
        faults.append(FieldError("slot_minutes", "range", _("每位时间要在 5 到 240 分钟之间。")))
    if faults:
        raise Invalid(faults)
    if ClosedDay.objects.filter(node=node, day=row.day).exists():
        raise Invalid.one("day", "closed", _("这个中心那天停诊，请先恢复出诊。"))
    places = Node.objects.filter(Q(clinic_hours__doctor=row.doctor) | Q(pk=node.pk)).distinct()
    known = timetable([row.doctor_id], places, row.day, row.day)
    if any(overlap(row.opens, row.closes, one.opens, one.closes) for one in known.hours_on(row.day)):
        raise Invalid([overlapping()])
    away = [one for one in known.unusual if one.kind == ExceptionKind.LEAVE]
    if any(overlap(row.opens, row.closes, one.opens or time.min, one.closes or time.max) for one in away):
        raise Invalid.one("opens", "on_leave", _("医生这个时间请了假，请先撤回请假。"))


def check_leave(first: date, last: date, opens: time | None, closes: time | None, today: date) -> None:
    """Raises Invalid for days that have passed or run backwards, or times that do."""
    if first < today:
        raise Invalid.one("first", "past", _("这一天已经过去了。"))
    if last < first:
        raise Invalid.one("last", "order", _("最后一天不能早于第一天。"))
    if (last - first).days >= LONGEST:
        raise Invalid.one("last", "range", _("一次最多登记 %(days)d 天。") % {"days": LONGEST})
    if faults := list(_times(opens, closes)) if opens and closes else []:
        raise Invalid(faults)


def check_reason(reason: str) -> None:
    """Raises Invalid without a reason."""
    if not reason.strip():
        raise Invalid.one("reason", "required", _("请写明原因。"))


def overlapping() -> FieldError:
    """The fault of being at two places at a time."""
    return FieldError("opens", "overlap", OVERLAP)


def _times(opens: time, closes: time) -> Iterator[FieldError]:
    if closes <= opens:
        yield FieldError("closes", "order", _("结束时间要晚于开始时间；不能跨过零点，过零点的请分成两天填。"))


def _cut(row: ClinicSchedule) -> Iterator[FieldError]:
    if row.slot_minutes not in SLOT_MINUTES:
        yield FieldError("slot_minutes", "range", _("每位时间要在 5 到 240 分钟之间。"))
    elif row.opens < row.closes and not holds_one(
        row.opens, row.closes, row.buffer_before + row.slot_minutes + row.buffer_after
    ):
        yield FieldError("slot_minutes", "does_not_fit", _("这段时间连一位也排不下，请改短或放宽起止时间。"))
    if row.capacity not in CAPACITY:
        yield FieldError("capacity", "range", _("每场人数要在 1 到 50 之间。"))
    for name in ("buffer_before", "buffer_after"):
        if getattr(row, name) not in BUFFER_MINUTES:
            yield FieldError(name, "range", _("前后留的时间要在 0 到 120 分钟之间。"))


def _places(row: ClinicSchedule) -> Iterator[FieldError]:
    yield from _room(row.room, row.node)
    yield from _types(row.types, row.node)
    thing = row.equipment
    if thing is not None and (thing.node_id != row.node_id or thing.retired_on is not None):
        yield FieldError("equipment", "elsewhere", _("这件设备不在这个中心，或已停用。"))


def _room(room: Room | None, node: Node) -> Iterator[FieldError]:
    if room is not None and room.node_id != node.pk:
        yield FieldError("room", "elsewhere", _("这间诊室不在这个中心。"))


def _types(types: Iterable[str], node: Node) -> Iterator[FieldError]:
    named = set(types)
    if named and VisitType.objects.at([node]).filter(code__in=named).count() != len(named):
        yield FieldError("types", "unknown", _("这个中心没有这种事项，或已停用。"))


def _overlapping(row: ClinicSchedule, instead_of: ClinicSchedule | None) -> bool:
    known = ClinicSchedule.objects.filter(
        doctor=row.doctor, weekday=row.weekday, opens__lt=row.closes, closes__gt=row.opens
    )
    known = known.exclude(valid_to__lte=row.valid_from).exclude(pk=instead_of.pk if instead_of else -1)
    if row.valid_to is not None:
        known = known.filter(valid_from__lt=row.valid_to)
    extra = ScheduleException.objects.filter(
        doctor=row.doctor, kind=ExceptionKind.EXTRA, day__gte=row.valid_from, opens__lt=row.closes, closes__gt=row.opens
    )
    days: Iterable[date] = extra.values_list("day", flat=True)
    return known.exists() or any(
        day.weekday() == row.weekday and (not row.valid_to or day < row.valid_to) for day in days
    )
