"""Before leaving: today is settled, the files of the next working day are ready, the doctors know of it (APT-016, APT-005)."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from django.test import Client

from kefu.appointments import actions
from kefu.appointments.actions.evenings import prepare_file, remind_doctors, remind_where_nobody_did, withdraw_file
from kefu.appointments.choices import AppointmentStatus, AppointmentType
from kefu.appointments.evening_work import files_owed
from kefu.appointments.models import Appointment, ClinicSchedule, EveningReminder, PreparedFile
from kefu.appointments.queries.evenings import coming, coming_day, missing_in
from kefu.appointments.tests.scene import booked, person
from kefu.customers.models import Customer
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.jobs.registry import find
from kefu.foundation.notices.models import Notice
from kefu.foundation.outbox.models import OutboxMessage
from kefu.foundation.worktime.content import load_calendars
from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.errors import OutOfScope, Refused
from kefu.organisation.models import Grant, Role, User
from kefu.testing.cast import SHANGHAI, Cast, build_cast
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of

Login = Callable[[User], Client]
MONDAY, TUESDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 27)


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def open_every_day(cast: Cast) -> None:
    load_calendars(by=None, at=cast.at)
    for doctor in (cast.doctor, cast.doctor2):
        for weekday in range(5):
            actions.add_hours(doctor=doctor, node=cast.bj, weekday=weekday, opens=time(9), closes=time(12), slot_minutes=30,
                              valid_from=date(2026, 1, 5), by=cast.director, at=cast.at)  # fmt: skip


def book(cast: Cast, customer: Customer, start: datetime, doctor: User | None = None, type: AppointmentType = AppointmentType.REVISIT) -> Appointment:  # fmt: skip
    return actions.book(
        customer=customer,
        doctor=doctor or cast.doctor,
        node=cast.bj,
        type=type,
        start=start,
        by=cast.service,
        at=cast.at,
    )


@pytest.fixture
def customer(cast: Cast) -> Customer:
    open_every_day(cast)
    return customer_of(cast)


def told(user: User, code: str = "") -> list[str]:
    rows = Notice.objects.filter(user=user, code__startswith=code or "doctor_").exclude(code="doctor_booking_new")
    return list(rows.order_by("pk").values_list("text", flat=True))


@pytest.mark.req("APT-016")
@pytest.mark.req("APT-005")
def test_the_health_manager_prepares_the_files_and_reminds_the_doctor(
    cast: Cast, customer: Customer, login: Login
) -> None:
    cast.doctor.phone = "10000000099"
    cast.doctor.save()
    second = customer_of(cast, "白示安", "10000000002")
    first_row, second_row = book(cast, customer, moment(TUESDAY, 9)), book(cast, second, moment(TUESDAY, 10))
    manager = login(cast.manager)
    page = manager.get("/appointments/end-of-day/").content.decode()
    assert "0 / 2 备好" in page
    assert "还没提醒" in page
    for row in (first_row, second_row):
        assert manager.post(f"/appointments/{row.pk}/file/").url == f"/appointments/end-of-day/?node={cast.bj.pk}"
    manager.post(f"/appointments/end-of-day/{cast.bj.pk}/reminders/")
    page = manager.get("/appointments/end-of-day/").content.decode()
    assert "2 / 2 备好" in page
    assert cast.manager.name in page
    assert told(cast.doctor) == ["何医生您好，明天11-24共2位预约，首位09:00。档案已备好，请在系统中查看。"]
    message = OutboxMessage.objects.get(key=f"staff:evening:{cast.doctor.pk}:2026-11-24")
    assert (message.channel, message.payload["to"]) == ("sms", "10000000099")
    assert message.expires_at == moment(TUESDAY, 0)  # it says "tomorrow"
    assert "共2位预约" in str(message.payload)
    assert customer.name not in str(message.payload)
    prepared = PreparedFile.objects.get(appointment=first_row)
    assert (prepared.by, AuditEntry.objects.filter(code="appointments.file.prepared").count()) == (cast.manager, 2)


@pytest.mark.req("APT-016")
def test_at_half_past_four_the_clock_does_it_where_nobody_did_and_only_once(cast: Cast, customer: Customer) -> None:
    book(cast, customer, moment(TUESDAY, 9, 30))
    evening = find("appointments.evening")
    assert evening is not None
    evening.perform({}, at=moment(MONDAY, 16, 20))
    assert (told(cast.doctor), told(cast.manager, "manager_files")) == ([], [])
    for minute in (30, 40):
        evening.perform({}, at=moment(MONDAY, 16, minute))
    assert told(cast.doctor) == ["何医生您好，11-24共1位预约，首位09:30，1份档案还没备好。请在系统中查看。"]
    assert told(cast.manager, "manager_files") == ["下班前请备好明天1位客户的档案，并提醒医生。"]
    assert told(cast.manager2, "manager_files") == []
    reminder = EveningReminder.objects.get(user=cast.doctor)
    assert (reminder.day, reminder.automatic, reminder.bookings, reminder.by) == (TUESDAY, True, 1, cast.system)


@pytest.mark.req("APT-016")
def test_whoever_was_reminded_by_a_colleague_hears_nothing_more(cast: Cast, customer: Customer) -> None:
    prepare_file(appointment=book(cast, customer, moment(TUESDAY, 9)), by=cast.manager, at=moment(MONDAY, 15))
    assert remind_doctors(node=cast.bj, by=cast.manager, at=moment(MONDAY, 15)) == 1
    assert remind_doctors(node=cast.bj, by=cast.manager, at=moment(MONDAY, 15, 5)) == 0
    assert remind_where_nobody_did(by=cast.system, at=moment(MONDAY, 17)) == 0
    assert (len(told(cast.doctor)), told(cast.manager, "manager_files")) == (1, [])


@pytest.mark.req("APT-016")
def test_an_evening_the_clock_missed_is_made_up_for_in_the_morning(cast: Cast, customer: Customer) -> None:
    book(cast, customer, moment(TUESDAY, 11))
    assert remind_where_nobody_did(by=cast.system, at=moment(TUESDAY, 7, 50)) == 1
    assert remind_where_nobody_did(by=cast.system, at=moment(TUESDAY, 8)) == 0
    assert told(cast.doctor) == ["何医生您好，11-24共1位预约，首位11:00，1份档案还没备好。请在系统中查看。"]


@pytest.mark.req("APT-016")
def test_on_friday_the_next_day_is_monday_and_a_clinic_on_saturday_is_not_forgotten(
    cast: Cast, customer: Customer
) -> None:
    saturday, monday = date(2026, 11, 28), date(2026, 11, 30)
    actions.add_extra(
        doctor=cast.doctor2, day=saturday, node=cast.bj, opens=time(9), closes=time(10), by=cast.director, at=cast.at
    )
    book(cast, customer, moment(monday, 9))
    book(cast, customer_of(cast, "白示安", "10000000002"), moment(saturday, 9), cast.doctor2)
    assert coming_day(calendar_for(cast.bj), FRIDAY) == monday
    assert remind_where_nobody_did(by=cast.system, at=moment(FRIDAY, 16, 30)) == 3
    assert [text[:16] for text in told(cast.doctor) + told(cast.doctor2)] == [
        "何医生您好，11-30共1位预约",
        "何医生您好，11-28共1位预约",
    ]
    assert sorted(told(cast.manager, "manager_files")) == ["下班前请备好 11-30 的 2 份客户档案，并提醒医生"]
    assert remind_where_nobody_did(by=cast.system, at=moment(saturday, 16, 30)) == 0


def test_make_up_workdays_and_holidays_move_the_next_day(cast: Cast) -> None:
    load_calendars(by=None, at=cast.at)
    calendar = calendar_for(cast.bj)
    assert coming_day(calendar, date(2026, 9, 30)) == date(2026, 10, 8)


@pytest.mark.req("APT-016")
def test_the_list_says_what_each_file_lacks(cast: Cast, customer: Customer) -> None:
    again = book(cast, customer, moment(TUESDAY, 9))
    new = actions.book(customer=lead(cast), doctor=cast.doctor, node=cast.bj, type=AppointmentType.FIRST_VISIT, start=moment(TUESDAY, 10),
                       by=cast.service, at=cast.at)  # fmt: skip
    missing = missing_in(coming(cast.bj, TUESDAY, cast.at))
    assert [part.code for part in missing[again.pk]] == ["archive", "consent", "interview", "report"]
    assert [part.code for part in missing[new.pk]] == ["archive", "sex", "consent"]


def lead(cast: Cast) -> Customer:
    from kefu.customers.actions.leads import create_lead

    return create_lead(name="陶映川", phone="10000000007", node=cast.bj, by=cast.manager, at=cast.at).customer


def test_what_is_owed_stands_on_the_workbench_until_it_is_done(cast: Cast, customer: Customer) -> None:
    row = book(cast, customer, moment(TUESDAY, 9))
    at = moment(MONDAY, 14)
    (item,) = files_owed(cast.manager, at)
    assert (item.what, item.due_at) == ("1 份客户档案没备好、1 位医生没提醒", moment(MONDAY, 17, 30))
    prepare_file(appointment=row, by=cast.manager, at=at)
    (item,) = files_owed(cast.manager, at)
    assert item.what == "1 位医生没提醒"
    remind_doctors(node=cast.bj, by=cast.manager, at=at)
    assert list(files_owed(cast.manager, at)) == []
    assert list(files_owed(cast.sh_manager, at)) == []


@pytest.mark.req("APT-016")
def test_today_is_settled_on_the_same_page(cast: Cast, customer: Customer, login: Login) -> None:
    row = book(cast, customer, moment(MONDAY, 10))
    manager = login(cast.manager)
    assert customer.name in manager.get("/appointments/end-of-day/").content.decode()
    answer = manager.post(f"/appointments/{row.pk}/arrived/", {"from": "evening"})
    assert answer.url == f"/appointments/end-of-day/?node={cast.bj.pk}"
    manager.post(f"/appointments/{row.pk}/completed/", {"from": "evening"})
    row.refresh_from_db()
    assert row.status == AppointmentStatus.COMPLETED
    assert "今天的都办完了" in manager.get("/appointments/end-of-day/").content.decode()


def test_a_tick_is_taken_back_and_never_doubled(cast: Cast, customer: Customer) -> None:
    row = book(cast, customer, moment(TUESDAY, 9))
    for _time in range(2):
        prepare_file(appointment=row, by=cast.manager, at=cast.at)
    assert PreparedFile.objects.count() == AuditEntry.objects.filter(code="appointments.file.prepared").count() == 1
    for _time in range(2):
        withdraw_file(appointment=row, by=cast.manager, at=cast.at)
    assert (PreparedFile.objects.count(), AuditEntry.objects.filter(code="appointments.file.not_prepared").count()) == (
        0,
        1,
    )
    actions.cancel(appointment=row, code="time", by=cast.manager, at=cast.at)
    with pytest.raises(Refused) as refusal:
        prepare_file(appointment=row, by=cast.manager, at=cast.at)
    assert refusal.value.code == "status"
    with pytest.raises(OutOfScope):
        remind_doctors(node=cast.bj, by=cast.sh_manager, at=cast.at)


@pytest.mark.req("APT-016")
def test_who_manages_two_centres_is_reminded_of_the_files_of_each(cast: Cast, customer: Customer) -> None:
    since = date(2026, 1, 5)
    Grant.objects.create(
        user=cast.manager, role=Role.objects.get(code="health_manager"), node=cast.sh, valid_from=since
    )
    ClinicSchedule.objects.create(doctor=cast.sh_doctor, node=cast.sh, weekday=1, opens=time(9), closes=time(12), slot_minutes=30,
                                  valid_from=since)  # fmt: skip
    theirs = person(cast, "陶映川", "10000000002", cast.sh)
    Customer.objects.filter(pk__in=[customer.pk, theirs.pk]).update(health_manager=cast.manager)
    book(cast, customer, moment(TUESDAY, 9))
    booked(cast, theirs, moment(TUESDAY, 10), doctor=cast.sh_doctor, node=cast.sh, by=cast.sh_manager)
    for _time in range(2):
        remind_where_nobody_did(by=cast.system, at=moment(MONDAY, 17, 30))
    rows = EveningReminder.objects.filter(user=cast.manager, day=TUESDAY).order_by("node")
    assert [(row.node, row.bookings) for row in rows] == sorted([(cast.bj, 1), (cast.sh, 1)], key=lambda one: one[0].pk)
    links = {f"/appointments/end-of-day/?node={node.pk}" for node in (cast.bj, cast.sh)}
    assert (
        set(Notice.objects.filter(user=cast.manager, code="manager_files_due").values_list("link", flat=True)) == links
    )


@pytest.mark.django_db(transaction=True)
def test_the_clock_and_a_colleague_at_the_same_moment_remind_once() -> None:
    cast = build_cast()
    open_every_day(cast)
    book(cast, customer_of(cast), moment(TUESDAY, 9))
    at = moment(MONDAY, 16, 30)
    reminding = [
        partial(remind_where_nobody_did, by=cast.system, at=at),
        partial(remind_doctors, node=cast.bj, by=cast.manager, at=at),
    ]
    counts = at_once(reminding * 2)
    assert all(isinstance(count, int) for count in counts)
    assert EveningReminder.objects.filter(user=cast.doctor).count() == 1
    assert len(told(cast.doctor)) == 1
    assert at - timedelta(hours=1) < EveningReminder.objects.get(user=cast.doctor).at
