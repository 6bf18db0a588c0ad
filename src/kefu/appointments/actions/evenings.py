"""Before leaving: files prepared, doctors reminded of the coming day; by the clock where nobody did (APT-016, APT-005)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, time

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kefu.appointments.choices import AppointmentStatus, Reminded
from kefu.appointments.limits import EVENING
from kefu.appointments.models import Appointment, EveningReminder, PreparedFile
from kefu.appointments.permissions import AppointmentPermission
from kefu.appointments.queries.evenings import DAY, begin_of, coming, coming_day, days_of
from kefu.appointments.sentences import FILES_DUE
from kefu.customers.holding import hold
from kefu.foundation.access.checks import require
from kefu.foundation.access.queries import colleagues_with
from kefu.foundation.audit.trail import Subject, action, nothing_changed, record
from kefu.foundation.notices.actions import tell
from kefu.foundation.sentences.saying import Said
from kefu.foundation.worktime.queries import calendars_for
from kefu.kernel.errors import Refused
from kefu.kernel.worktime import WorkCalendar, is_workday
from kefu.messaging.actions.colleagues import send_to_colleague
from kefu.messaging.composing import doctor_called
from kefu.messaging.queries import after_quiet
from kefu.organisation.models import Node, User

KIND = "appointments.appointment"
READY, ANY_DAY = "doctor_next_day", "doctor_coming_day"
"""Templates: all files are ready and the day is tomorrow; any other case."""


@action
def prepare_file(*, appointment: Appointment, by: User, at: datetime) -> PreparedFile:
    """Say that the customer's file is ready for a booking; a second time changes nothing. Raises Refused `status`."""
    row = _locked(appointment)
    require(by, AppointmentPermission.BOOK, node_id=row.node_id)
    if row.status not in (AppointmentStatus.BOOKED, AppointmentStatus.ARRIVED):
        raise Refused("status", _("这个预约现在是“%(status)s”，不用备档案。") % {"status": row.get_status_display()})
    prepared, made = PreparedFile.objects.get_or_create(appointment=row, defaults={"by": by, "at": at})
    _record("prepared", row, by, at) if made else nothing_changed()
    return prepared


@action
def withdraw_file(*, appointment: Appointment, by: User, at: datetime) -> None:
    """Say that the file is not ready after all; a second time changes nothing."""
    row = _locked(appointment)
    require(by, AppointmentPermission.BOOK, node_id=row.node_id)
    gone, _tables = PreparedFile.objects.filter(appointment=row).delete()
    _record("not_prepared", row, by, at) if gone else nothing_changed()


@action
def remind_doctors(*, node: Node, by: User, at: datetime) -> int:
    """Remind the doctors who have bookings at the centre before its next working day is over; answers how many were not told yet."""
    require(by, AppointmentPermission.BOOK, node_id=node.pk)
    calendar = calendars_for([node])[node.pk]
    count = _remind(node, coming(node, coming_day(calendar, timezone.localdate(at)), at), by=by, at=at, automatic=False)
    if not count:
        nothing_changed()
    return count


@action
def remind_where_nobody_did(*, by: User, at: datetime) -> int:
    """From the set time of each working day on, remind the doctors, and the health managers whose files are not ready, each once.

    What was missed the day before is made up for in the morning. Running it twice tells nobody twice. Answers how many were told.
    """
    ahead = Appointment.objects.filter(node=OuterRef("pk"), status=AppointmentStatus.BOOKED, during__startswith__gt=at)
    nodes = list(Node.objects.filter(Exists(ahead), closed_on__isnull=True).order_by("pk"))
    count = 0
    for node_id, calendar in calendars_for(nodes).items():
        count += _evening(next(node for node in nodes if node.pk == node_id), calendar, by, at)
    if not count:
        nothing_changed()
    return count


def _evening(node: Node, calendar: WorkCalendar, by: User, at: datetime) -> int:
    today = timezone.localdate(at)
    count = _remind(node, _missed(node, today, at), by=by, at=at, automatic=True)
    due = time.fromisoformat(EVENING.on(at, node_id=node.pk))
    if not is_workday(calendar, today) or timezone.localtime(at).time() < due:
        return count
    day = coming_day(calendar, today)
    rows = list(coming(node, day, at))
    return count + _remind(node, rows, by=by, at=at, automatic=True) + _hurry(node, rows, day, by, at)


def _missed(node: Node, today: date, at: datetime) -> Iterable[Appointment]:
    """Bookings later today that were there yesterday: whoever has not been told of them should have been."""
    rows = Appointment.objects.filter(
        node=node, status=AppointmentStatus.BOOKED, during__startswith__gt=at, during__startswith__lt=begin_of(today + DAY),
        booked_at__lt=begin_of(today),
    )  # fmt: skip
    return rows.select_related("doctor", "prepared").order_by("during")


def _remind(node: Node, rows: Iterable[Appointment], *, by: User, at: datetime, automatic: bool) -> int:
    """Tell each doctor of each day once: the row decides, whoever comes first."""
    told = 0
    for (_doctor, day), bookings in days_of(rows).items():
        doctor = bookings[0].doctor
        whole = _whole_day(doctor, day)
        if _first(doctor, day, Reminded.DOCTOR, node, len(whole), by, at, automatic):
            _tell_doctor(doctor, day, whole, at)
            told += 1
    return told


def _whole_day(doctor: User, day: date) -> list[Appointment]:
    """The doctor's bookings of a day at whatever centre."""
    rows = Appointment.objects.filter(
        doctor=doctor, status=AppointmentStatus.BOOKED, during__startswith__gte=begin_of(day), during__startswith__lt=begin_of(day + DAY)
    )  # fmt: skip
    return list(rows.select_related("prepared").order_by("during"))


def _first(
    user: User, day: date, role: Reminded, node: Node, count: int, by: User, at: datetime, automatic: bool
) -> bool:
    """Write that a colleague is told of a day, a health manager of a centre's; False when that was done already, be it at this very moment."""
    of_place = {"node": node} if role == Reminded.MANAGER else {}
    row, made = EveningReminder.objects.get_or_create(
        user=user, day=day, role=role, **of_place, defaults={"node": node, "bookings": count, "automatic": automatic, "by": by, "at": at}
    )  # fmt: skip
    if made:
        subject = Subject("appointments.evening_reminder", row.pk)
        record(f"appointments.evening.{role}", by=by, at=at, subject=subject, node_id=node.pk, changes={"day": (None, day), "bookings": (None, count)})  # fmt: skip
    return made


def _tell_doctor(doctor: User, day: date, rows: list[Appointment], at: datetime) -> None:
    open_files = sum(not hasattr(row, "prepared") for row in rows)
    tomorrow = day == timezone.localdate(after_quiet(at)) + DAY
    values: dict[str, object] = {
        "doctor": doctor_called(doctor.name), "date": _words(day), "count": len(rows), "unready": open_files,
        "first_time": f"{timezone.localtime(rows[0].start):%H:%M}",
    }  # fmt: skip
    code = READY if tomorrow and not open_files else ANY_DAY
    tell(users=[doctor], code=code, values=values, link=f"/appointments/?day={day}", at=at)
    send_to_colleague(
        user=doctor, template=code, values=values, key=f"evening:{doctor.pk}:{day}", subject=Subject("user", doctor.pk),
        expires_at=begin_of(day if code == READY else day + DAY), at=at,
    )  # fmt: skip


def _hurry(node: Node, rows: list[Appointment], day: date, by: User, at: datetime) -> int:
    """Tell the health managers how many files of theirs are not ready; of customers who have none, all of the centre."""
    open_ones = [row for row in rows if not hasattr(row, "prepared")]
    managers: Mapping[int, User] = {user.pk: user for user in colleagues_with("health_manager", node.pk)}
    told = 0
    for manager in managers.values():
        count = sum(row.customer.health_manager_id in (manager.pk, None) for row in open_ones)
        if count and _first(manager, day, Reminded.MANAGER, node, count, by, at, True):
            _tell_manager(manager, node, day, count, at)
            told += 1
    return told


def _tell_manager(manager: User, node: Node, day: date, count: int, at: datetime) -> None:
    link = f"/appointments/end-of-day/?node={node.pk}"
    if day == timezone.localdate(at) + DAY:
        tell(users=[manager], code="manager_files_due", values={"count": count}, link=link, at=at)
    else:
        words: Said = FILES_DUE(day=_words(day), count=count)
        tell(users=[manager], code="manager_files_due", text=words, link=link, at=at)


def _locked(appointment: Appointment) -> Appointment:
    hold(appointment.customer_id)
    rows = Appointment.objects.select_for_update(of=("self",), no_key=True)
    return rows.get(pk=appointment.pk)


def _record(verb: str, row: Appointment, by: User, at: datetime) -> None:
    record(f"appointments.file.{verb}", by=by, at=at, subject=Subject(KIND, row.pk), customer_id=row.customer_id, node_id=row.node_id)  # fmt: skip


def _words(day: date) -> str:
    return f"{day:%m-%d}"
