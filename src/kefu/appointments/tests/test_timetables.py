"""Clinic hours of the week and the days unlike them, and what a customer may be offered then."""

from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from django.db import IntegrityError, transaction

from kefu.administration.actions.calendars import set_makeup_workday
from kefu.appointments import actions
from kefu.appointments.choices import AppointmentType
from kefu.appointments.models import Appointment, ClinicSchedule, Equipment, ScheduleException
from kefu.appointments.queries import free_between, free_of, free_slots
from kefu.appointments.tests.test_booking import TUESDAY
from kefu.customers.actions.leads import create_lead
from kefu.customers.models import Customer
from kefu.foundation.worktime.content import load_calendars
from kefu.foundation.worktime.models import ClosedDay
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.organisation.models import Room, User
from kefu.testing.cast import SHANGHAI, Cast, build_cast
from kefu.testing.races import at_once
from kefu.testing.stories import customer_of

WEEK = timedelta(days=7)
WEDNESDAY = TUESDAY + timedelta(days=1)
REVISIT, FIRST = AppointmentType.REVISIT, AppointmentType.FIRST_VISIT


@pytest.fixture(autouse=True)
def calendars(request: pytest.FixtureRequest) -> None:
    if "cast" in request.fixturenames:
        cast = request.getfixturevalue("cast")
        load_calendars(by=None, at=cast.at)


def hours(cast: Cast, **changes: object) -> ClinicSchedule:
    """Wednesdays nine to eleven in Beijing, half an hour each, unless said otherwise."""
    said = {"doctor": cast.doctor, "node": cast.bj, "weekday": 2, "opens": time(9), "closes": time(11), "slot_minutes": 30,
            "valid_from": date(2026, 11, 23), "by": cast.director, "at": cast.at}  # fmt: skip
    return actions.add_hours(**said | changes)


def extra(cast: Cast, **changes: object) -> ScheduleException:
    said = {"doctor": cast.doctor, "day": WEDNESDAY, "node": cast.bj, "opens": time(14), "closes": time(15), "reason": "义诊",
            "by": cast.director, "at": cast.at}  # fmt: skip
    return actions.add_extra(**said | changes)


def leave(cast: Cast, **changes: object) -> list[ScheduleException]:
    said = {
        "doctor": cast.doctor,
        "node": cast.bj,
        "first": WEDNESDAY,
        "last": WEDNESDAY,
        "reason": "病假",
        "by": cast.director,
        "at": cast.at,
    }
    return actions.take_leave(**said | changes)


def book(
    cast: Cast, customer: Customer, start: datetime, doctor: User | None = None, type: AppointmentType = FIRST
) -> Appointment:
    return actions.book(
        customer=customer,
        doctor=doctor or cast.doctor,
        node=cast.bj,
        type=type,
        start=start,
        by=cast.manager,
        at=cast.at,
    )


def starts(cast: Cast, day: date = WEDNESDAY, type: str = "", doctor: User | None = None) -> list[str]:
    return [f"{slot.start:%H:%M}" for slot in free_slots(doctor or cast.doctor, cast.bj, day, cast.at, type)]


def faults(refusal: pytest.ExceptionInfo[Invalid]) -> set[tuple[str, str]]:
    return {(one.field, one.code) for one in refusal.value.errors}


@pytest.mark.req("APT-019")
@pytest.mark.req("APT-002")
def test_a_row_holds_from_a_day_until_before_another(cast: Cast) -> None:
    hours(cast, valid_from=WEDNESDAY, valid_to=WEDNESDAY + WEEK)
    found = free_between(cast.doctor, cast.bj, date(2026, 11, 20), date(2026, 12, 20), cast.at)
    assert {slot.start.date() for slot in found} == {WEDNESDAY}
    assert len(found) == 4


@pytest.mark.req("APT-019")
def test_hours_for_revisits_are_not_offered_to_newcomers(cast: Cast) -> None:
    hours(cast, types=[REVISIT])
    customer = customer_of(cast)
    assert (starts(cast, type=REVISIT), starts(cast, type=FIRST)) == (["09:00", "09:30", "10:00", "10:30"], [])
    ten = datetime(2026, 11, 25, 10, tzinfo=SHANGHAI)
    with pytest.raises(Refused) as refusal:
        book(cast, customer, ten)
    assert refusal.value.code == "no_slot"
    assert book(cast, customer, ten, type=REVISIT).start == ten


@pytest.mark.req("APT-019")
def test_buffers_keep_the_doctor_and_the_room_free_before_and_after(cast: Cast) -> None:
    room = Room.objects.get(code="BJ-R1")
    hours(cast, room=room, buffer_before=5, buffer_after=10)
    assert starts(cast) == ["09:05", "09:50"]
    hours(cast, doctor=cast.doctor2, room=room, slot_minutes=10)
    customer = customer_of(cast)
    booked = book(cast, customer, datetime(2026, 11, 25, 9, 50, tzinfo=SHANGHAI))
    assert (booked.blocked.lower, booked.blocked.upper) == (
        booked.start - timedelta(minutes=5),
        booked.end + timedelta(minutes=10),
    )
    assert starts(cast, doctor=cast.doctor2) == ["09:00", "09:10", "09:20", "09:30", "10:30", "10:40", "10:50"]
    other = create_lead(name="陶映川", phone="10000000002", node=cast.bj, by=cast.manager, at=cast.at).customer
    with pytest.raises(Refused) as refusal:
        book(cast, other, datetime(2026, 11, 25, 10, 20, tzinfo=SHANGHAI), cast.doctor2)
    assert refusal.value.code == "slot_taken"


@pytest.mark.req("APT-019")
def test_one_camera_is_not_needed_twice_at_a_time(cast: Cast) -> None:
    camera = actions.add_equipment(node=cast.bj, code="BJ-IR1", zh="热成像仪", by=cast.director, at=cast.at)
    hours(cast, equipment=camera)
    hours(cast, doctor=cast.doctor2, equipment=camera)
    nine = datetime(2026, 11, 25, 9, tzinfo=SHANGHAI)
    booked = book(cast, customer_of(cast), nine)
    assert booked.equipment == camera
    assert starts(cast, doctor=cast.doctor2) == ["09:30", "10:00", "10:30"]
    other = create_lead(name="陶映川", phone="10000000002", node=cast.bj, by=cast.manager, at=cast.at).customer
    with pytest.raises(Refused) as refusal:
        book(cast, other, nine, cast.doctor2)
    assert refusal.value.code == "slot_taken"
    booked.pk, booked.customer, booked.doctor = None, other, cast.doctor2
    with pytest.raises(IntegrityError, match="appointment_one_per_equipment"), transaction.atomic():
        booked.save(force_insert=True)


def test_equipment_in_use_is_not_retired(cast: Cast) -> None:
    camera = actions.add_equipment(node=cast.bj, code="BJ-IR1", zh="热成像仪", by=cast.director, at=cast.at)
    row = hours(cast, equipment=camera)
    with pytest.raises(Refused, match="要用它"):
        actions.retire_equipment(equipment=camera, on=date(2026, 12, 1), by=cast.director, at=cast.at)
    actions.end_hours(hours=row, last_day=date(2026, 11, 30), by=cast.director, at=cast.at)
    actions.retire_equipment(equipment=camera, on=date(2026, 12, 1), by=cast.director, at=cast.at)
    with pytest.raises(Invalid) as refusal:
        hours(cast, equipment=camera, weekday=3)
    assert faults(refusal) == {("equipment", "elsewhere")}
    with pytest.raises(Invalid) as refusal:
        actions.add_equipment(node=cast.bj, code="BJ-IR1", zh=" ", by=cast.director, at=cast.at)
    assert faults(refusal) == {("code", "taken"), ("zh", "required")}
    assert Equipment.objects.count() == 1


@pytest.mark.req("APT-019")
def test_extra_hours_have_a_room_and_say_for_what(cast: Cast) -> None:
    hours(cast)
    extra(cast, types=[REVISIT], room=Room.objects.get(code="BJ-R1"), slot_minutes=20)
    assert starts(cast, type=REVISIT)[4:] == ["14:00", "14:20", "14:40"]
    assert starts(cast, type=FIRST)[4:] == []
    booked = book(cast, customer_of(cast), datetime(2026, 11, 25, 14, tzinfo=SHANGHAI), type=REVISIT)
    assert booked.room.code == "BJ-R1"


@pytest.mark.req("APT-019")
@pytest.mark.req("APT-002")
def test_half_a_day_of_leave_takes_half_the_day(cast: Cast) -> None:
    hours(cast)
    leave(cast, opens=time(9, 40), closes=time(10, 10))
    assert starts(cast) == ["09:00", "10:30"]
    leave(cast, opens=time(10, 10))
    assert starts(cast) == ["09:00"]
    leave(cast)
    assert starts(cast) == []


@pytest.mark.req("APT-019")
@pytest.mark.req("APT-002")
def test_a_closed_day_of_one_centre_closes_that_centre_only(cast: Cast) -> None:
    hours(cast)
    ClinicSchedule.objects.create(doctor=cast.sh_doctor, node=cast.sh, weekday=2, opens=time(9), closes=time(10), slot_minutes=30,
                                  valid_from=date(2026, 1, 1))  # fmt: skip
    ClosedDay.objects.create(node=cast.bj, day=WEDNESDAY, name="停电检修")
    assert starts(cast) == []
    assert len(free_slots(cast.sh_doctor, cast.sh, WEDNESDAY, cast.at)) == 2
    found = free_of([cast.doctor.pk, cast.sh_doctor.pk], [cast.bj, cast.sh], [WEDNESDAY, WEDNESDAY + WEEK], cast.at)
    assert [(slot.node_id, slot.start.date()) for slot in found] == [(cast.sh.pk, WEDNESDAY)] * 2 + [
        (slot.node_id, WEDNESDAY + WEEK) for slot in found[2:]
    ]
    assert sorted(slot.node_id for slot in found[2:]) == [cast.bj.pk] * 4 + [cast.sh.pk] * 2


@pytest.mark.req("APT-002")
def test_a_make_up_workday_has_the_hours_of_the_day_it_stands_for(cast: Cast) -> None:
    hours(cast)
    sunday = date(2026, 11, 29)
    assert starts(cast, sunday) == []
    set_makeup_workday(day=sunday, works_as=2, name="调休", by=cast.admin, at=cast.at)
    assert starts(cast, sunday) == ["09:00", "09:30", "10:00", "10:30"]
    ClosedDay.objects.create(node=cast.bj, day=sunday, name="消防检查")
    assert starts(cast, sunday) == []


@pytest.mark.req("APT-002")
def test_nothing_is_offered_in_the_past_or_beyond_the_horizon(cast: Cast) -> None:
    hours(cast, valid_from=date(2026, 1, 1))
    found = free_between(cast.doctor, cast.bj, date(2026, 1, 1), date(2027, 12, 31), cast.at)
    assert min(slot.start for slot in found) > cast.at
    assert max(slot.start for slot in found) < cast.at + timedelta(days=61)
    assert free_slots(cast.doctor, cast.bj, date(2026, 11, 18), cast.at) == []


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"opens": time(22), "closes": time(2)}, ("closes", "order")),
        ({"opens": time(22), "closes": time(0)}, ("closes", "order")),
        ({"weekday": 7}, ("weekday", "range")),
        ({"slot_minutes": 4}, ("slot_minutes", "range")),
        ({"slot_minutes": 121}, ("slot_minutes", "does_not_fit")),
        ({"buffer_after": 100}, ("slot_minutes", "does_not_fit")),
        ({"capacity": 0}, ("capacity", "range")),
        ({"buffer_before": -5}, ("buffer_before", "range")),
        ({"types": ["dancing"]}, ("types", "unknown")),
        ({"valid_to": date(2026, 11, 23)}, ("valid_to", "order")),
    ],
)
def test_hours_that_cannot_be_are_refused_by_name(cast: Cast, said: dict[str, object], fault: tuple[str, str]) -> None:
    with pytest.raises(Invalid) as refusal:
        hours(cast, **said)
    assert fault in faults(refusal)
    assert not ClinicSchedule.objects.exists()


def test_hours_past_midnight_are_refused_in_words_one_can_act_on(cast: Cast) -> None:
    with pytest.raises(Invalid) as refusal:
        hours(cast, opens=time(22), closes=time(2))
    assert "不能跨过零点" in str(refusal.value.errors[0].message)


@pytest.mark.req("APT-019")
def test_a_doctor_is_not_at_two_centres_at_a_time(cast: Cast) -> None:
    row = hours(cast)
    with pytest.raises((Forbidden, OutOfScope)):
        hours(cast, node=cast.sh)
    twin = {"doctor": cast.doctor, "node": cast.sh, "weekday": 2, "opens": time(10), "closes": time(12), "slot_minutes": 30,
            "valid_from": date(2026, 12, 1)}  # fmt: skip
    with pytest.raises(IntegrityError, match="clinic_hours_apart"), transaction.atomic():
        ClinicSchedule.objects.create(**twin)
    with pytest.raises(Invalid) as refusal:
        hours(cast, opens=time(10), closes=time(12))
    assert faults(refusal) == {("opens", "overlap")}
    actions.end_hours(hours=row, last_day=date(2026, 11, 30), by=cast.director, at=cast.at)
    assert ClinicSchedule.objects.create(**twin).pk
    with pytest.raises(Invalid) as refusal:
        extra(cast, day=date(2026, 12, 2), opens=time(11), closes=time(13))
    assert faults(refusal) == {("opens", "overlap")}


def test_extra_hours_that_cannot_be_are_refused(cast: Cast) -> None:
    hours(cast)
    for said, fault in (
        ({"day": date(2026, 11, 22)}, ("day", "past")),
        ({"opens": time(23), "closes": time(1)}, ("closes", "order")),
        ({"opens": time(10), "closes": time(12)}, ("opens", "overlap")),
        ({"types": ["dancing"]}, ("types", "unknown")),
    ):
        with pytest.raises(Invalid) as refusal:
            extra(cast, **said)
        assert fault in faults(refusal)
    extra(cast)
    with pytest.raises(Invalid) as refusal:
        hours(cast, opens=time(14, 30), closes=time(16))
    assert faults(refusal) == {("opens", "overlap")}
    leave(cast, opens=time(16))
    with pytest.raises(Invalid) as refusal:
        extra(cast, opens=time(17), closes=time(18))
    assert faults(refusal) == {("opens", "on_leave")}


@pytest.mark.django_db(transaction=True)
def test_of_two_who_enter_overlapping_hours_at_once_one_is_refused() -> None:
    cast = build_cast()
    load_calendars(by=None, at=cast.at)
    got = at_once([partial(hours, cast, opens=time(9, 10 * n)) for n in range(6)])
    assert sorted(type(one).__name__ for one in got) == ["ClinicSchedule"] + ["Invalid"] * 5
    assert ClinicSchedule.objects.count() == 1
