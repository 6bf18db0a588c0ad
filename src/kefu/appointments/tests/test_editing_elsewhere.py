"""Hours that reach beyond one's own centre: bookings elsewhere are counted and never named; what was agreed meanwhile stays agreed."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from threading import Event

import pytest
from django.db import transaction
from django.test import Client

from kefu.appointments import actions
from kefu.appointments.actions import Decision
from kefu.appointments.choices import Settlement
from kefu.appointments.models import Appointment, ClinicSchedule, Renegotiation, ScheduleException
from kefu.appointments.tests.scene import booked, person
from kefu.appointments.tests.test_timetables import WEDNESDAY, hours, leave
from kefu.foundation.audit.models import AuditEntry
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Invalid, OutOfScope, Refused
from kefu.organisation.models import Grant, Role, User
from kefu.testing.cast import SHANGHAI, Cast, build_cast
from kefu.testing.races import PATIENCE, at_once, let_somebody_wait

Login = Callable[[User], Client]
NINE = datetime(2026, 11, 25, 9, tzinfo=SHANGHAI)
TWO = datetime(2026, 11, 25, 14, tzinfo=SHANGHAI)
LATER = Decision(Settlement.OPEN)


@pytest.fixture
def both(cast: Cast) -> Cast:
    """The doctor receives in Beijing in the morning and in Shanghai in the afternoon; somebody is booked at each."""
    load_calendars(by=None, at=cast.at)
    hours(cast)
    ClinicSchedule.objects.create(doctor=cast.doctor, node=cast.sh, weekday=2, opens=time(13), closes=time(16), slot_minutes=30,
                                  valid_from=date(2026, 1, 1))  # fmt: skip
    booked(cast, person(cast), NINE)
    booked(cast, person(cast, "陶映川", "10000000002", cast.sh), TWO, node=cast.sh, by=cast.sh_manager)
    return cast


def also_keeps_shanghai(cast: Cast) -> None:
    Grant.objects.create(
        user=cast.director, role=Role.objects.get(code="centre_director"), node=cast.sh, valid_from=date(2026, 1, 5)
    )


@pytest.mark.req("APT-019")
@pytest.mark.req("APT-017")
def test_leave_that_breaks_bookings_elsewhere_counts_them_and_is_left_to_who_keeps_both(both: Cast) -> None:
    here, there = Appointment.objects.order_by("during")
    with pytest.raises(Refused) as refusal:
        leave(both, decisions={here.pk: LATER, there.pk: LATER})
    assert (refusal.value.code, refusal.value.details) == ("hits_elsewhere", {"count": 1})
    assert "另有 1 个预约在其他中心（上海徐汇中心）" in str(refusal.value.message)
    assert "陶映川" not in str(refusal.value.message)
    assert not ScheduleException.objects.exists()
    also_keeps_shanghai(both)
    leave(both, by=User.objects.get(pk=both.director.pk), decisions={here.pk: LATER, there.pk: LATER})
    assert Renegotiation.objects.count() == 2


@pytest.mark.req("APT-017")
def test_the_morning_alone_is_still_the_own_centres_to_give(both: Cast) -> None:
    (here,) = Appointment.objects.filter(node=both.bj)
    leave(both, closes=time(12), decisions={here.pk: LATER})
    assert Renegotiation.objects.get().appointment == here


@pytest.mark.req("APT-017")
def test_the_page_names_nobody_of_another_centre(both: Cast, login: Login) -> None:
    sent = {"doctor": both.doctor.pk, "node": both.bj.pk, "first": WEDNESDAY, "last": WEDNESDAY, "reason": "病假"}
    answer = login(both.director).post("/appointments/schedule/leave/new/", sent)
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "另有 1 个预约在其他中心" in shown
    assert "陶映川" not in shown and "白示安" not in shown
    also_keeps_shanghai(both)
    shown = login(both.director).post("/appointments/schedule/leave/new/", sent).content.decode()
    assert "陶映川" in shown and "白示安" in shown


@pytest.mark.req("APT-017")
def test_a_doctors_right_to_the_own_hours_plans_nothing_for_a_colleague(both: Cast) -> None:
    with pytest.raises(OutOfScope):
        leave(both, doctor=both.doctor2, by=both.doctor)


def test_days_that_cannot_be_are_refused_before_anything_is_planned(both: Cast, login: Login) -> None:
    sent = {"doctor": both.doctor.pk, "node": both.bj.pk, "last": WEDNESDAY, "reason": "病假"}
    answer = login(both.director).post("/appointments/schedule/leave/new/", sent | {"first": date(2026, 11, 2)})
    assert answer.status_code == 422
    assert "这一天已经过去了" in answer.content.decode()
    with pytest.raises(Invalid):
        leave(both, last=date(2199, 1, 1))


@pytest.mark.req("APT-019")
@pytest.mark.django_db(transaction=True)
def test_what_a_colleague_agreed_on_while_the_leave_was_taken_back_stays_agreed() -> None:
    cast = build_cast()
    load_calendars(by=None, at=cast.at)
    hours(cast)
    booking = booked(cast, person(cast), NINE)
    (away,) = leave(cast, decisions={booking.pk: LATER})
    opened, settled = Renegotiation.objects.get(), Event()

    def agree() -> None:
        with transaction.atomic():
            kept = Decision(Settlement.KEPT)
            actions.renegotiate(renegotiation=opened, decision=kept, by=cast.manager, at=cast.at)
            settled.set()
            let_somebody_wait()

    def take_back() -> None:
        assert settled.wait(PATIENCE)
        actions.remove_exception(exception=away, reason="好了", by=cast.director, at=cast.at)

    assert at_once([agree, take_back]) == [None, None]
    opened.refresh_from_db()
    assert (opened.outcome, opened.settled_by) == (Settlement.KEPT, cast.manager)
    assert not ScheduleException.objects.exists()


@pytest.mark.req("APT-019")
@pytest.mark.django_db(transaction=True)
def test_who_is_moved_while_the_leave_is_taken_back_waits_and_is_settled_once() -> None:
    cast = build_cast()
    load_calendars(by=None, at=cast.at)
    hours(cast)
    booking = booked(cast, person(cast), NINE)
    (away,) = leave(cast, decisions={booking.pk: LATER})
    moved = Decision(Settlement.MOVED, start=NINE + timedelta(days=7))
    got = at_once(
        [
            partial(actions.renegotiate, renegotiation=Renegotiation.objects.get(), decision=moved, by=cast.manager, at=cast.at),
            partial(actions.remove_exception, exception=away, reason="好了", by=cast.director, at=cast.at),
        ]
    )  # fmt: skip
    row, start = Renegotiation.objects.get(), Appointment.objects.get().start
    assert got[1] is None
    if row.outcome == Settlement.MOVED:
        assert (start, row.settled_by) == (NINE + timedelta(days=7), cast.manager)
    else:
        assert (row.outcome, start, row.settled_by) == (Settlement.VOID, NINE, cast.director)
        assert isinstance(got[0], Refused) and got[0].code == "settled"
    trail = AuditEntry.objects.filter(code="appointments.renegotiation.settled", subject_id=row.pk)
    assert trail.count() == 1
