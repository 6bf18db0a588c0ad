"""The waitlist under many hands: one winner of every time, and whatever happens the order is kept (APT-003, APT-013)."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from functools import partial
from random import Random

import pytest

from kefu.appointments import actions
from kefu.appointments.jobs import waitlist, waitlists
from kefu.appointments.matching import offer_what_is_free
from kefu.appointments.models import Appointment, OfferedPlace, WaitlistEntry
from kefu.appointments.tests.collisions import collisions
from kefu.appointments.tests.scene import TUESDAY, booked, o_clock, person
from kefu.appointments.tests.test_booking import open_clinic
from kefu.appointments.tests.waiting import MINUTE, texts, wait
from kefu.customers.models import Customer
from kefu.foundation.jobs.testing import run_pending
from kefu.kernel.errors import Refused
from kefu.messaging.content import load as load_messages
from kefu.testing.cast import Cast, build_cast
from kefu.testing.races import at_once

EIGHT = 8


@pytest.fixture(autouse=True)
def texts_leave() -> Iterator[None]:
    with texts():
        yield


class Queue:
    """A Tuesday that is full, and people who wait for it."""

    def __init__(self, waiting: int) -> None:
        self.cast = cast = build_cast()
        load_messages(by=cast.admin, at=cast.at)
        open_clinic(cast)
        actions.take_leave(
            doctor=cast.doctor2, node=cast.bj, first=TUESDAY, last=TUESDAY, reason="培训", by=cast.director, at=cast.at
        )
        self.booked = [
            booked(cast, person(cast, f"满示{n}", f"100000010{n:02d}"), o_clock(9) + n * 30 * MINUTE) for n in range(6)
        ]
        self.people = [person(cast, f"候示{n}", f"100000020{n:02d}") for n in range(waiting)]
        for place, one in enumerate(self.people):
            wait(cast, one, at=cast.at + place * MINUTE)
        self.at = cast.at + waiting * MINUTE
        run_pending(self.at)

    def cancel(self, number: int) -> None:
        actions.cancel(appointment=self.booked[number], reason="不来了", by=self.cast.manager, at=self.at)

    def look(self) -> int:
        return offer_what_is_free(node=self.cast.bj, by=self.cast.system, at=self.at)

    def place_of(self, number: int) -> OfferedPlace:
        return OfferedPlace.objects.select_related("entry").get(entry__customer=self.people[number])


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_eight_jobs_at_once_offer_two_times_to_the_first_two() -> None:
    queue = Queue(4)
    queue.cancel(0)
    queue.cancel(3)
    made = at_once([queue.look] * EIGHT)
    assert sum(one for one in made if isinstance(one, int)) == 2 and all(isinstance(one, int) for one in made)
    rows = OfferedPlace.objects.order_by("entry__since").values_list("entry__customer", flat=True)
    assert list(rows) == [queue.people[0].pk, queue.people[1].pk]
    assert Appointment.with_holds.filter(status="held").count() == 2 and collisions({}) == []


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_of_taking_and_running_out_one_wins() -> None:
    """The customer says yes in the last second while the clock passes the time on."""
    queue = Queue(2)
    queue.cancel(0)
    queue.look()
    run_pending(queue.at)
    place = queue.place_of(0)
    taken, lapsed = at_once([
        partial(actions.take_place, place=place, read_back=True, by=queue.cast.system, at=place.until - timedelta(seconds=1)),
        partial(actions.lapse_place, place=place, by=queue.cast.system, at=place.until),
    ])  # fmt: skip
    place.refresh_from_db()
    won = isinstance(taken, Appointment)
    assert (lapsed, place.answer) == ((False, "taken") if won else (True, "lapsed"))
    assert won or (isinstance(taken, Refused) and taken.code == "offer_over")
    run_pending(place.until)
    assert [one.answer for one in OfferedPlace.objects.order_by("pk")] == (["taken"] if won else ["lapsed", "open"])


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_a_time_that_is_kept_is_taken_by_who_waits_and_by_nobody_else_and_only_once() -> None:
    queue = Queue(2)
    queue.cancel(0)
    queue.look()
    place, cast = queue.place_of(0), queue.cast
    others = [person(cast, f"快示{n}", f"100000030{n:02d}") for n in range(EIGHT)]
    take = partial(actions.take_place, place=place, read_back=True, by=cast.system, at=queue.at)
    got = at_once([take, take, *(partial(booked, cast, one, o_clock(9), at=queue.at) for one in others)])
    assert Counter(getattr(one, "code", "booked") for one in got) == Counter(slot_taken=EIGHT, booked=1, offer_over=1)
    (made,) = [one for one in got if isinstance(one, Appointment)]
    assert (made.customer_id, made.start) == (queue.people[0].pk, o_clock(9)) and collisions({}) == []


@pytest.mark.req("APT-003")
@pytest.mark.django_db(transaction=True)
def test_who_comes_while_a_time_becomes_free_is_not_forgotten() -> None:
    """One cancels at the moment at which another is put on the list: whichever is first, the time is offered or was still free."""
    queue = Queue(0)
    customer = person(queue.cast, "白示巧", "10000000021")
    cancelled, put = at_once([partial(queue.cancel, 0), partial(wait, queue.cast, customer, at=queue.at)])
    assert cancelled is None
    run_pending(queue.at)
    waitlists(at=queue.at)
    run_pending(queue.at)
    if isinstance(put, WaitlistEntry):
        assert OfferedPlace.objects.get().entry == put
    else:
        assert isinstance(put, Refused) and put.code == "still_free"


@pytest.mark.req("APT-013", part="alternatives")
@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.soak) for seed in range(1, 20))])
def test_whatever_happens_the_order_is_kept_and_no_time_is_offered_twice(cast: Cast, seed: int) -> None:
    """The law of the list: an offer goes to the first who waits then, may come and did not have that time; nobody is asked twice."""
    dice, at, queue = Random(seed), cast.at, _queue(cast, 6)
    for _turn in range(40):
        at += dice.randrange(1, 40) * MINUTE
        if at > o_clock(7):
            break
        before = {one.pk for one in OfferedPlace.objects.all()}
        _anything(dice, cast, queue, at)
        run_pending(at)
        waitlist(node_id=cast.bj.pk, at=at)
        for place in OfferedPlace.objects.exclude(pk__in=before).select_related("entry"):
            _is_lawful(place)
    open_ones = [(one.doctor_id, one.start) for one in OfferedPlace.objects.filter(answer="open")]
    held = Appointment.with_holds.filter(status="held", holder__startswith="waitlist")
    assert sorted(open_ones) == sorted((one.doctor_id, one.start) for one in held) and len(open_ones) == len(
        set(open_ones)
    )
    assert OfferedPlace.objects.count() > 3 and collisions({}) == []


def _queue(cast: Cast, waiting: int) -> list[Customer]:
    load_messages(by=cast.admin, at=cast.at)
    open_clinic(cast)
    for n in range(6):
        for shift, doctor in enumerate((cast.doctor, cast.doctor2)):
            booked(
                cast,
                person(cast, f"满示{n}{shift}", f"10000001{shift}{n:02d}"),
                o_clock(9) + n * 30 * MINUTE,
                doctor=doctor,
            )
    people = [person(cast, f"候示{n}", f"100000020{n:02d}") for n in range(waiting)]
    for place, one in enumerate(people):
        wait(cast, one, doctor=(None, cast.doctor, cast.doctor2)[place % 3], at=cast.at + place * MINUTE / 10)
    return people


def _anything(dice: Random, cast: Cast, people: list[Customer], at: datetime) -> None:
    places = list(OfferedPlace.objects.filter(answer="open").select_related("entry").order_by("pk"))
    verb = dice.choice(["cancel", "cancel", "cancel", "take", "decline", "leave", "book"])
    try:
        if verb == "cancel":
            rows = list(Appointment.objects.filter(status="booked").order_by("pk")) or [
                booked(cast, people[0], o_clock(9), at=at)
            ]
            actions.cancel(appointment=dice.choice(rows), reason="不来了", by=cast.manager, at=at)
        elif verb == "leave" and dice.random() < 0.3:
            row = WaitlistEntry.objects.filter(customer=dice.choice(people)).latest("pk")
            actions.leave_waitlist(entry=row, by=cast.manager, at=at)
        elif verb == "book":
            booked(
                cast,
                dice.choice(people),
                o_clock(9) + dice.randrange(6) * 30 * MINUTE,
                doctor=dice.choice([cast.doctor, cast.doctor2]),
                at=at,
            )
        elif verb == "take" and places:
            actions.take_place(place=dice.choice(places), read_back=True, by=cast.manager, at=at)
        elif verb == "decline" and places:
            actions.decline_place(place=dice.choice(places), by=cast.manager, at=at)
    except Refused:
        pass


def _is_lawful(place: OfferedPlace) -> None:
    entry = place.entry
    others = Appointment.objects.filter(
        customer=entry.customer_id, status="booked", during__contains=place.start, booked_at__lt=place.at
    )
    assert not others.exists(), "somebody booked at that time was offered it"
    ahead = WaitlistEntry.objects.filter(state="waiting", node=entry.node_id, since__lt=entry.since)
    for one in ahead:
        had = one.places.filter(doctor=place.doctor_id, start=place.start).exists()
        busy = Appointment.with_holds.filter(
            customer=one.customer_id, status__in=("booked", "held"), during__contains=place.start
        ).exists()
        assert had or busy or one.doctor_id not in (None, place.doctor_id), "somebody who came earlier was passed over"
