"""What the timetable shows of a day or a week: the same few queries however many doctors there are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kefu.appointments.addresses import address
from kefu.appointments.calendar import Booked, Column, Free
from kefu.appointments.choices import AppointmentStatus, PartOfDay
from kefu.appointments.limits import SOON_MINUTES
from kefu.appointments.models import Appointment, AppointmentChange
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.clinics import DAY, ClinicDay, Taken, clinic_days
from kefu.appointments.wording import status_at
from kefu.foundation.access.queries import access_of
from kefu.foundation.ui.inputs import Status
from kefu.foundation.ui.wording import date_words
from kefu.foundation.worktime.choices import Weekday
from kefu.kernel.periods import Period
from kefu.organisation.models import Node, User

SHOWN = (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED, AppointmentStatus.COMPLETED, AppointmentStatus.NO_SHOW)
"""What stands on the timetable; the cancelled ones are in the list."""


@dataclass(frozen=True)
class Line:
    """A booking with its status at this moment."""

    row: Appointment
    status: Status


@dataclass(frozen=True)
class Read:
    """Days of a centre as somebody may see them."""

    user: User
    node: Node
    at: datetime
    clinics: list[ClinicDay]
    appointments: list[Appointment]
    arrivals: dict[int, datetime]
    soon: timedelta

    @property
    def may_book(self) -> bool:
        """Whether a free slot is a way to a booking."""
        return access_of(self.user).may_in(AppointmentPermission.BOOK, self.node.pk)

    @property
    def may_change(self) -> bool:
        """Whether a booking can be taken to another slot."""
        return access_of(self.user).may_in(AppointmentPermission.CHANGE, self.node.pk)

    def booked(self, rows: Iterable[Appointment]) -> tuple[Booked, ...]:
        """Bookings the reader may see, as their blocks show them."""
        return tuple(
            Booked(
                Period(row.start, row.end), address("appointment", row.pk), row.pk, row.customer.name,
                row.type.label, row.doctor.name, self._status(row),
                movable=self.may_change and row.status == AppointmentStatus.BOOKED,
            )
            for row in rows
        )  # fmt: skip

    def hidden(self, clinic: ClinicDay) -> tuple[Booked, ...]:
        """What is taken without being the reader's to see: that, and nothing more."""
        known = {row.pk for row in self.appointments}
        return tuple(Booked(one.span, name=self._hidden_words(one)) for one in clinic.taken if one.pk not in known)

    def _hidden_words(self, one: Taken) -> str:
        if one.node_id != self.node.pk:
            return _("在别的中心")
        return _("保留中") if one.held else _("已约")

    def free(self, clinic: ClinicDay) -> tuple[Free, ...]:
        """The doctor's free slots, and those that have passed unused, on which nothing can be booked."""
        busy = [*clinic.away, *(one.span for one in clinic.taken)]
        gone = [
            slot
            for slot in clinic.slots
            if slot.start <= self.at and not any(span.start < slot.end and slot.start < span.end for span in busy)
        ]
        return (
            *(Free(slot) for slot in gone),
            *(Free(slot, self._url(clinic, slot.start), clinic.doctor.pk, clinic.doctor.name) for slot in clinic.free),
        )

    def _url(self, clinic: ClinicDay, start: datetime) -> str:
        if not self.may_book:
            return ""
        return address("start", node=self.node.pk, doctor=clinic.doctor.pk, start=start)

    @property
    def lines(self) -> list[Line]:
        """The bookings as a list."""
        return [Line(row, self._status(row)) for row in self.appointments]

    def _status(self, row: Appointment) -> Status:
        return status_at(row, self.at, self.soon, self.arrivals.get(row.pk))

    @property
    def left(self) -> int:
        """How many slots are still free."""
        return sum(len(clinic.free) for clinic in self.clinics)

    @property
    def left_words(self) -> str:
        """The same as the head says it: of the afternoon when the morning is over."""
        today = timezone.localdate(self.at)
        later = PartOfDay.of(self.at) == PartOfDay.AFTERNOON and all(one.day == today for one in self.clinics)
        words = _("下午还空 %(n)d 档") if later else _("还空 %(n)d 档")
        return words % {"n": self.left}

    @property
    def hits(self) -> list[Appointment]:
        """Bookings that leave has overtaken: they wait for a new time."""
        away = {(clinic.doctor.pk, clinic.day): clinic for clinic in self.clinics if clinic.away}
        return [
            row
            for row in self.appointments
            if row.status == AppointmentStatus.BOOKED
            and (clinic := away.get((row.doctor_id, timezone.localdate(row.start))))
            and _hit(row, clinic)
        ]


def read(user: User, node: Node, days: Sequence[date], at: datetime, doctor: int | None = None) -> Read:
    """Days of a centre, or of one doctor there, as `user` may see them."""
    only = None if doctor is None else {doctor}
    rows = Appointment.objects.visible_to(user).filter(node=node, status__in=SHOWN)
    rows = rows.on_days(days[0], days[-1])
    if only:
        rows = rows.filter(doctor__in=only)
    found = list(rows.select_related("customer", "doctor", "room").order_by("during"))
    here = [row.pk for row in found if row.status == AppointmentStatus.ARRIVED]
    came = AppointmentChange.objects.filter(appointment__in=here, status=AppointmentStatus.ARRIVED)
    clinics = clinic_days([node], days, at, doctors=only)
    soon = timedelta(minutes=SOON_MINUTES.on(at, node_id=node.pk))
    return Read(user, node, at, clinics, found, dict(came.values_list("appointment_id", "at")), soon)


def by_doctor(shown: Read, day: date) -> list[Column]:
    """A column for each doctor who holds clinic or is booked that day."""
    clinics = {clinic.doctor.pk: clinic for clinic in shown.clinics if clinic.day == day}
    rows = [row for row in shown.appointments if timezone.localdate(row.start) == day]
    doctors = {**{row.doctor_id: row.doctor for row in rows}, **{pk: one.doctor for pk, one in clinics.items()}}
    columns = []
    for doctor in sorted(doctors.values(), key=lambda one: one.job_number):
        own = [row for row in rows if row.doctor_id == doctor.pk]
        week = address("week", node=shown.node.pk, doctor=doctor.pk, day=day)
        columns.append(_column(shown, doctor.name, day, clinics.get(doctor.pk), own, week))
    return columns


def by_room(shown: Read, day: date) -> list[Column]:
    """A column for each room in which clinic is held that day; the last one for what has no room."""
    clinics = [clinic for clinic in shown.clinics if clinic.day == day]
    rows = [row for row in shown.appointments if timezone.localdate(row.start) == day]
    rooms = {hours.room_id: clinic.rooms.get(hours.room_id or 0) for clinic in clinics for hours in clinic.hours}
    rooms |= {row.room_id: row.room for row in rows}
    columns = []
    for pk, room in sorted(rooms.items(), key=lambda item: (item[0] is None, item[1].code if item[1] else "")):
        here = [clinic for clinic in clinics if any(hours.room_id == pk for hours in clinic.hours)]
        own = [row for row in rows if row.room_id == pk]
        free = [one for clinic in here for one in shown.free(clinic) if one.slot.room_id == pk]
        hidden = [one for clinic in here for one in shown.hidden(clinic) if _inside(one, clinic, pk)]
        hours = tuple(one for clinic in here for one in clinic.hours if one.room_id == pk)
        names = _("、").join(dict.fromkeys(clinic.doctor.name for clinic in here)) or _("没有医生")
        columns.append(
            Column(
                room.label if room else _("未定诊室"), names, day, hours, (), tuple(free), (*shown.booked(own), *hidden)
            )
        )
    return columns


def _inside(one: Booked, clinic: ClinicDay, room: int | None) -> bool:
    return any(
        slot.room_id == room and slot.start < one.span.end and one.span.start < slot.end for slot in clinic.slots
    )


def by_day(shown: Read, days: Sequence[date]) -> list[Column]:
    """A column for each day of one doctor's week."""
    columns = []
    for day in days:
        clinic = next((one for one in shown.clinics if one.day == day), None)
        own = [row for row in shown.appointments if timezone.localdate(row.start) == day]
        title = f"{date_words(day, shown.at)} {_weekday(day)}"
        url = address("day", node=shown.node.pk, day=day)
        columns.append(_column(shown, title, day, clinic, own, url, current=day == timezone.localdate(shown.at)))
    return columns


def _column(
    shown: Read, title: str, day: date, clinic: ClinicDay | None, own: list[Appointment], url: str, *, current: bool = False
) -> Column:  # fmt: skip
    booked = shown.booked(own)
    if clinic is None:
        return Column(title, _note(own, ""), day, booked=booked, url=url, current=current)
    rooms = dict.fromkeys(clinic.rooms[hours.room_id].label for hours in clinic.hours if hours.room_id in clinic.rooms)
    hit = sum(row.status == AppointmentStatus.BOOKED and _hit(row, clinic) for row in own)
    away = ngettext("请假，%(n)d 位要改约", "请假，%(n)d 位要改约", hit) % {"n": hit} if hit else _("请假")
    return Column(
        title, _note(own, _("、").join(rooms)), day, clinic.hours, clinic.away, shown.free(clinic), (*booked, *shown.hidden(clinic)), away, url, current,
    )  # fmt: skip


def _hit(row: Appointment, clinic: ClinicDay) -> bool:
    return any(span.start < row.end and row.start < span.end for span in clinic.away)


def _note(own: Sequence[Any], where: str) -> str:
    count = ngettext("%(n)d 位", "%(n)d 位", len(own)) % {"n": len(own)}
    return f"{where} · {count}" if where else count


def _weekday(day: date) -> str:
    return str(Weekday(day.weekday()).label)


def week_of(day: date) -> list[date]:
    """Monday to Sunday of the week a day is in."""
    monday = day - timedelta(days=day.weekday())
    return [monday + n * DAY for n in range(7)]
