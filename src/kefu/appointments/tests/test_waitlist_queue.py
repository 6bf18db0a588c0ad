"""Whom the queue serves: nobody holds up the next, whatever is wrong with type, customer or wish (APT-004, APT-013)."""

from collections.abc import Iterator
from datetime import date, time

import pytest

from kefu.appointments import actions
from kefu.appointments.jobs import waitlists
from kefu.appointments.models import Appointment, ClinicSchedule, OfferedPlace, VisitType, WaitlistEntry
from kefu.appointments.queries import waitlist as queue
from kefu.appointments.tests.scene import TUESDAY, booked, o_clock, person
from kefu.appointments.tests.waiting import MINUTE, NAMES, cancel, entry_of, full_day, offered, texts, wait
from kefu.customers.actions import merge_customers
from kefu.customers.actions.closing import close_customer
from kefu.customers.models import Customer
from kefu.foundation.jobs.testing import run_pending
from kefu.foundation.limits.models import LimitValue
from kefu.kernel.errors import Refused
from kefu.testing.cast import Cast
from kefu.testing.scenes import scene

pytestmark = pytest.mark.req("APT-013", part="alternatives")


@pytest.fixture(autouse=True)
def texts_leave() -> Iterator[None]:
    with texts():
        yield


@scene
def full(cast: Cast) -> list[Appointment]:
    return full_day(cast)


def _offline(cast: Cast, doctors: str) -> None:
    LimitValue.objects.create(
        code="portal.offline_doctors", value=doctors, valid_from=date(2026, 1, 1), set_by=cast.admin, set_at=cast.at
    )


@pytest.mark.req("APT-015")
def test_a_type_somebody_waits_for_is_neither_retired_nor_taken_elsewhere(cast: Cast, full: list[Appointment]) -> None:
    kind = actions.add_type(code="tea", zh="茶歇", en="Tea", by=cast.admin, at=cast.at)
    row = wait(cast, person(cast), type="tea")
    with pytest.raises(Refused) as retiring:
        actions.retire_type(type=kind, by=cast.admin, at=cast.at)
    with pytest.raises(Refused) as moving:
        actions.change_type(
            type=kind, zh="茶歇", en="Tea", node=cast.sh, online=True, position=0, by=cast.admin, at=cast.at
        )
    for refusal in (retiring.value, moving.value):
        assert refusal.code == "in_use" and "候补" in str(refusal)
    actions.leave_waitlist(entry=row, by=cast.manager, at=cast.at)
    assert not actions.retire_type(type=kind, by=cast.admin, at=cast.at).active


def test_one_whose_type_is_offered_no_more_holds_up_nobody(cast: Cast, full: list[Appointment]) -> None:
    kind = actions.add_type(code="tea", zh="茶歇", en="Tea", by=cast.admin, at=cast.at)
    wait(cast, person(cast, "白示前", "10000000021"), type="tea")
    wait(cast, person(cast, "白示后", "10000000022"), at=cast.at + MINUTE)
    VisitType.objects.filter(pk=kind.pk).update(active=False)  # behind the back of the rule
    cancel(cast, full[0], cast.at + 2 * MINUTE)
    assert offered() == [("白示后", "09:00", "open")]


def test_who_is_closed_waits_no_longer_and_is_not_put_on_the_list(cast: Cast, full: list[Appointment]) -> None:
    first, second = (person(cast, name, f"1000000002{n}") for n, name in enumerate(NAMES[:2]))
    wait(cast, first)
    wait(cast, second, at=cast.at + MINUTE)
    cancel(cast, full[0], cast.at + 2 * MINUTE)
    close_customer(customer=first, reason="搬走了" * 60, by=cast.director, at=cast.at + 3 * MINUTE)
    run_pending(cast.at + 3 * MINUTE)
    assert offered() == [("白示安", "09:00", "void"), ("白示宁", "09:00", "open")]
    assert entry_of(first).state == "withdrawn"
    with pytest.raises(Refused) as refusal:
        wait(cast, first, at=cast.at + 4 * MINUTE)
    assert refusal.value.code == "closed"
    WaitlistEntry.objects.filter(customer=first).update(state="waiting")  # behind the back of the event
    cancel(cast, full[1], cast.at + 5 * MINUTE)
    assert len(offered()) == 2


@pytest.mark.req("APT-001")
def test_online_one_waits_for_the_doctors_who_are_booked_online(cast: Cast, full: list[Appointment]) -> None:
    """The time of a doctor whom only staff book neither keeps her off the list nor is offered to her; it goes to who called."""
    _offline(cast, cast.doctor.job_number)
    cancel(cast, full[0], cast.at)
    online, called = person(cast, "白示网", "10000000021"), person(cast, "白示话", "10000000022")
    with pytest.raises(Refused):
        wait(cast, called, doctor=None, at=cast.at + MINUTE)
    row = wait(cast, online, doctor=None, channel="online", by=cast.system, at=cast.at + MINUTE)
    run_pending(cast.at + MINUTE)
    assert (row.waits, offered()) == (True, [])
    again = booked(cast, person(cast, "满示再", "10000000039"), o_clock(9), at=cast.at + MINUTE)
    wait(cast, called, doctor=None, at=cast.at + 2 * MINUTE)
    cancel(cast, again, cast.at + 3 * MINUTE)
    assert offered() == [("白示话", "09:00", "open")]


def test_times_one_cannot_have_keep_nobody_off_the_list(cast: Cast, full: list[Appointment]) -> None:
    """Nine o'clock is free, but begins within the hour; ten o'clock is free, but she is in Shanghai then."""
    customer = person(cast)
    ClinicSchedule.objects.create(doctor=cast.sh_doctor, node=cast.sh, weekday=1, opens=time(10), closes=time(11), slot_minutes=30,
                                  valid_from=date(2026, 1, 1))  # fmt: skip
    booked(cast, customer, o_clock(10), doctor=cast.sh_doctor, node=cast.sh, by=cast.sh_manager)
    cancel(cast, full[0], o_clock(8, 20))
    cancel(cast, full[2], o_clock(8, 20))
    assert wait(cast, customer, at=o_clock(8, 20)).waits
    run_pending(o_clock(8, 20))
    assert offered() == []
    with pytest.raises(Refused):
        wait(cast, person(cast, "白示闲", "10000000022"), at=o_clock(8, 20))


@pytest.mark.req("CUS-004")
def test_of_two_who_are_one_the_time_kept_for_the_other_goes_on(cast: Cast, full: list[Appointment]) -> None:
    first, second, third = (person(cast, name, f"1000000002{n}") for n, name in enumerate(NAMES))
    for place, one in enumerate((first, second, third)):
        wait(cast, one, at=cast.at + place * MINUTE)
    at = cast.at + 5 * MINUTE
    cancel(cast, full[0], at)
    cancel(cast, full[2], at)
    merge_customers(survivor=first, merged=second, reason="同一个人", by=cast.director, at=at)
    run_pending(at)
    assert offered() == [("白示安", "09:00", "open"), ("白示安", "10:00", "void"), ("白示和", "10:00", "open")]
    held = Appointment.with_holds.filter(status="held").order_by("during")
    assert [(one.customer, one.start) for one in held] == [(first, o_clock(9)), (third, o_clock(10))]


def test_many_who_wait_for_something_else_hide_nobody(
    cast: Cast, full: list[Appointment], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two are looked at in one go; before her stand four for the afternoon, another doctor, another hour, and that very time before."""
    monkeypatch.setattr(queue, "AT_ONCE", 2)
    wishes: tuple[dict[str, object], ...] = (
        {"parts": ["afternoon"]},
        {"doctor": cast.doctor2},
        {"hour": time(11)},
        {"doctor": None},
    )
    for n, wish in enumerate(wishes):
        wait(cast, person(cast, f"候示{n}", f"100000006{n:02d}"), at=cast.at + n * MINUTE, **wish)
    asked = entry_of(person_named("候示3"))
    OfferedPlace.objects.create(entry=asked, doctor=cast.doctor, start=o_clock(9), at=cast.at, until=cast.at + MINUTE,
                                answer="declined", answered_at=cast.at)  # fmt: skip
    wait(cast, person(cast, "白示末", "10000000070"), at=cast.at + 9 * MINUTE)
    cancel(cast, full[0], cast.at + 10 * MINUTE)
    assert offered()[-1] == ("白示末", "09:00", "open")


def person_named(name: str) -> Customer:
    return WaitlistEntry.objects.select_related("customer").get(customer__name=name).customer


def test_a_time_whose_job_was_lost_is_passed_on_by_the_round(cast: Cast, full: list[Appointment]) -> None:
    wait(cast, person(cast, "白示前", "10000000021"))
    wait(cast, person(cast, "白示后", "10000000022"), at=cast.at + MINUTE)
    cancel(cast, full[0], cast.at + 2 * MINUTE)
    place = OfferedPlace.objects.get()
    late = place.until + 6 * MINUTE
    OfferedPlace.objects.filter(pk=place.pk).update(until=place.until - 3 * MINUTE)
    waitlists(at=late)
    run_pending(late)
    assert [answer for _name, _hour, answer in offered()] == ["lapsed", "open"]
    assert place.start.date() == TUESDAY
