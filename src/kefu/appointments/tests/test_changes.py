"""Changing a booking: everything of it at once, in time, not too often, and by exception only with a right and a reason."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu.appointments import actions
from kefu.appointments.choices import AppointmentStatus, AppointmentType
from kefu.appointments.models import Appointment
from kefu.appointments.queries import customer_bar, customer_may_cancel
from kefu.appointments.rules import Bar, bar
from kefu.appointments.tests.scene import also_in_shanghai, booked, o_clock, person, starts
from kefu.appointments.tests.test_booking import open_clinic
from kefu.customers.models import TimelineLine
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.notices.models import Notice
from kefu.kernel.errors import Forbidden, Invalid, OutOfScope, Refused
from kefu.testing.cast import Cast
from kefu.testing.stories import customer_of

HOUR = timedelta(hours=1)


@pytest.fixture
def made(cast: Cast) -> Appointment:
    open_clinic(cast)
    return booked(cast, customer_of(cast), o_clock(9))


def refused(appointment: Appointment, **what: object) -> str:
    with pytest.raises(Refused) as refusal:
        actions.move(appointment=appointment, **what)
    return refusal.value.code


@pytest.mark.req("APT-007", part="change and cancel")
def test_one_move_changes_doctor_and_kind_and_keeps_what_was(cast: Cast, made: Appointment) -> None:
    moved = actions.move(appointment=made, start=o_clock(10), doctor=cast.doctor2, type=AppointmentType.REVISIT, reason="客户要求", by=cast.manager, at=cast.at)  # fmt: skip
    assert (moved.pk, moved.sequence, moved.doctor, moved.type_id, moved.room) == (
        made.pk,
        1,
        cast.doctor2,
        "revisit",
        None,
    )
    assert starts(cast.doctor, cast.bj, cast.at)[0] == "09:00"
    assert "10:00" not in starts(cast.doctor2, cast.bj, cast.at)
    change = moved.changes.latest("pk")
    assert (change.before, change.after, change.doctor_before, change.node_before, change.type_before, change.reason) == (
        o_clock(9), o_clock(10), cast.doctor, None, "first_visit", "客户要求",
    )  # fmt: skip
    told = dict(Notice.objects.filter(code__startswith="doctor_booking").values_list("user_id", "code"))
    assert told == {cast.doctor.pk: "doctor_booking_cancelled", cast.doctor2.pk: "doctor_booking_new"}
    line = TimelineLine.objects.filter(customer=made.customer, kind="appointment").latest("pk")
    assert [entry["said"] for entry in line.details[:3]] == [
        f"appointments.booking.{word}" for word in ("moved_from", "with_before", "for_before")
    ]
    entry = AuditEntry.objects.get(code="appointments.appointment.moved")
    assert entry.changes["doctor"] == [f"usr_{cast.doctor.pk}", f"usr_{cast.doctor2.pk}"]
    assert entry.changes["type"] == ["first_visit", "revisit"]


@pytest.mark.req("APT-007", part="change and cancel")
def test_a_booking_moves_to_another_centre(cast: Cast, made: Appointment) -> None:
    also_in_shanghai(cast)
    moved = actions.move(appointment=made, start=o_clock(14), node=cast.sh, by=cast.service, at=cast.at)
    assert (moved.node, moved.start, moved.changes.latest("pk").node_before) == (cast.sh, o_clock(14), cast.bj)
    with pytest.raises(OutOfScope):  # it is Shanghai's now
        actions.move(appointment=moved, start=o_clock(9), node=cast.bj, by=cast.manager, at=cast.at)


def test_a_refused_move_leaves_the_booking_as_it_was(cast: Cast, made: Appointment) -> None:
    booked(cast, person(cast), o_clock(10), doctor=cast.doctor2)
    assert refused(made, start=o_clock(10), doctor=cast.doctor2, by=cast.manager, at=cast.at) == "slot_taken"
    kept = Appointment.objects.get(pk=made.pk)
    assert (kept.start, kept.doctor, kept.sequence, kept.changes.count()) == (o_clock(9), cast.doctor, 0, 1)


@pytest.mark.req("APT-007", part="change and cancel")
def test_after_three_changes_a_supervisor_decides(cast: Cast, made: Appointment) -> None:
    for hour in (10, 9, 10):
        actions.move(appointment=made, start=o_clock(hour), by=cast.manager, at=cast.at)
    assert refused(made, start=o_clock(9), by=cast.manager, at=cast.at) == "too_often"
    with pytest.raises(Forbidden):
        actions.move(appointment=made, start=o_clock(9), reason="客户住院", override=True, by=cast.manager, at=cast.at)
    with pytest.raises(Invalid):
        actions.move(appointment=made, start=o_clock(9), override=True, by=cast.supervisor, at=cast.at)
    moved = actions.move(appointment=made, start=o_clock(9), reason="客户住院", override=True, by=cast.supervisor, at=cast.at)  # fmt: skip
    assert (moved.start, moved.sequence) == (o_clock(9), 4)


def test_moves_we_ask_for_do_not_count_against_the_customer(cast: Cast, made: Appointment) -> None:
    for hour in (10, 9, 10, 9):
        actions.move(appointment=made, start=o_clock(hour), reason="医生请假", on_us=True, by=cast.manager, at=cast.at)
    assert customer_bar(made, cast.at - 24 * HOUR) is None
    assert actions.move(appointment=made, start=o_clock(10), by=cast.manager, at=cast.at).sequence == 5


def test_what_has_begun_is_not_moved_or_cancelled_except_by_a_supervisor(cast: Cast, made: Appointment) -> None:
    assert refused(made, start=o_clock(10), by=cast.manager, at=o_clock(9)) == "too_late"
    with pytest.raises(Refused) as refusal:
        actions.cancel(appointment=made, reason="没来", by=cast.manager, at=o_clock(9))
    assert refusal.value.code == "too_late"
    moved = actions.move(appointment=made, start=o_clock(10), reason="迟到", override=True, by=cast.supervisor, at=o_clock(9))  # fmt: skip
    assert moved.start == o_clock(10)
    assert (
        actions.cancel(appointment=made, reason="客户走了", override=True, by=cast.director, at=o_clock(11)).sequence
        == 2
    )


@pytest.mark.req("APT-007", part="change and cancel")
def test_the_customer_changes_until_a_day_before(cast: Cast, made: Appointment) -> None:
    day_before = made.start - 24 * HOUR
    assert customer_bar(made, day_before) is None and customer_may_cancel(made, day_before)
    second = timedelta(seconds=1)
    assert customer_bar(made, day_before + second) == Bar.TOO_LATE and not customer_may_cancel(
        made, day_before + second
    )
    for hour in (10, 9, 10):
        actions.move(appointment=made, start=o_clock(hour), by=cast.manager, at=cast.at)
    moved = Appointment.objects.get(pk=made.pk)
    assert customer_bar(moved, day_before - HOUR) == Bar.TOO_OFTEN and customer_may_cancel(moved, day_before - HOUR)


@given(st.integers(0, 72), st.integers(0, 5), st.integers(0, 4), st.integers(-10_000, 10_000))
def test_too_late_and_too_often_by_the_minute(hours: int, moves: int, most: int, minutes: int) -> None:
    start = o_clock(9)
    found = bar(start, start - timedelta(minutes=minutes), hours=hours, moves=moves, most=most)
    late = minutes <= 0 or minutes < hours * 60
    assert found == (Bar.TOO_LATE if late else Bar.TOO_OFTEN if moves >= most else None)


@pytest.mark.req("APT-017")
def test_who_may_change_and_cancel(cast: Cast, made: Appointment) -> None:
    for colleague in (cast.doctor, cast.guide):
        with pytest.raises(Forbidden):
            actions.move(appointment=made, start=o_clock(10), by=colleague, at=cast.at)
        with pytest.raises(Forbidden):
            actions.cancel(appointment=made, reason="不来了", by=colleague, at=cast.at)
    assert actions.move(appointment=made, start=o_clock(10), by=cast.manager, at=cast.at).start == o_clock(10)
    assert actions.cancel(appointment=made, reason="不来了", by=cast.service, at=cast.at).status == "cancelled"


@pytest.mark.req("APT-017")
def test_doctor_manager_and_service_book_and_confirm(cast: Cast, made: Appointment) -> None:
    for number, colleague in enumerate((cast.doctor, cast.manager, cast.service)):
        customer = person(cast, f"白示{number}", f"1000000010{number}")
        assert booked(cast, customer, o_clock(10 + number // 2, 30 * (number % 2)), by=colleague).booked_by == colleague
    for colleague in (cast.keeper, cast.consulting):
        with pytest.raises(Forbidden):
            booked(cast, made.customer, o_clock(11, 30), by=colleague)


def arrived(made: Appointment, *statuses: str, cast: Cast) -> Appointment:
    for status in statuses:
        made = actions.set_status(appointment=made, status=AppointmentStatus(status), by=cast.manager, at=o_clock(9))
    return made


@pytest.mark.parametrize(
    ("said", "again"), [(["arrived"], "booked"), (["arrived", "completed"], "arrived"), (["no_show"], "booked")]
)
def test_what_was_said_of_a_visit_is_taken_back_by_right_and_with_a_reason(
    cast: Cast, made: Appointment, said: list[str], again: str
) -> None:
    arrived(made, *said, cast=cast)
    with pytest.raises(Forbidden):
        actions.reopen(appointment=made, reason="点错了", by=cast.manager, at=o_clock(10))
    with pytest.raises(Invalid):
        actions.reopen(appointment=made, reason=" ", by=cast.director, at=o_clock(10))
    row = actions.reopen(appointment=made, reason="点错了", by=cast.director, at=o_clock(10))
    assert (row.status, row.changes.latest("pk").reason) == (again, "点错了")


def test_a_no_show_whose_slot_is_taken_stays_one(cast: Cast, made: Appointment) -> None:
    booked(cast, person(cast), o_clock(10))
    arrived(made, "no_show", cast=cast)
    other = booked(cast, person(cast, "白示宁", "10000000012"), o_clock(9, 30), at=o_clock(9))
    Appointment.objects.filter(pk=other.pk).update(during=made.during)
    for act in (
        lambda: actions.reopen(appointment=made, reason="点错了", by=cast.director, at=o_clock(9)),
        lambda: arrived(made, "arrived", cast=cast),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code == "slot_taken"
    assert Appointment.objects.get(pk=made.pk).status == "no_show"


def test_a_cancelled_booking_is_not_reopened(cast: Cast, made: Appointment) -> None:
    actions.cancel(appointment=made, reason="不来了", by=cast.manager, at=cast.at)
    with pytest.raises(Refused, match="已取消"):
        actions.reopen(appointment=made, reason="又来了", by=cast.director, at=cast.at)
