"""Whatever is held, booked, moved, missed, asked for and taken away in whatever order: a notebook at the desk says the same."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from kefu.appointments import actions
from kefu.appointments.actions import Decision
from kefu.appointments.actions.sweeping import end_offers
from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import WAITING, Channel, RequestState, Settlement
from kefu.appointments.models import Appointment, AppointmentRequest, OfferedTime, ScheduleException
from kefu.appointments.queries import free_of
from kefu.appointments.queries.requests import Proposal, offer_key, offers_of, wish_key
from kefu.appointments.tests.any_order import MINUTE, PICK, PLACES, SEATS, WEDNESDAY, WHO, AtTheDesk, World
from kefu.appointments.tests.collisions import collisions
from kefu.appointments.tests.notebook import OFFERED, Leave, Line, Notebook, Place
from kefu.appointments.tests.scene import FIRST, TUESDAY, o_clock
from kefu.foundation.worktime.models import ClosedDay
from kefu.kernel.errors import Invalid
from kefu.testing.cast import SHANGHAI, Cast

Hours = tuple[time | None, time | None]
WINDOWS: list[Hours] = [(None, time(10)), (time(11), time(12, 30)), (None, None)]
DECISIONS = st.lists(st.sampled_from(["open", "kept", "cancelled", "moved"]), min_size=1, max_size=3)
SOME_PLACES = st.lists(st.integers(0, PLACES - 1), min_size=1, max_size=3, unique=True)
BREAKFAST = o_clock(8)
LATEST = o_clock(11, 20)


class AnyOrder(AtTheDesk):
    """Besides bookings themselves: days unlike the timetable, requests and answers to them, and time."""

    # leave and closed days

    @precondition(lambda self: self.book.at.date() <= TUESDAY)
    @rule(doctor=st.integers(0, 2), window=st.sampled_from(WINDOWS), decided=DECISIONS, to=PICK)
    def goes_on_leave(self, doctor: int, window: Hours, decided: list[str], to: int) -> None:
        opens, closes = window
        after = self.book.copy()
        first = datetime.combine(TUESDAY, opens or time(), SHANGHAI)
        after.leave[-1] = Leave(
            doctor, first, datetime.combine(TUESDAY, closes, SHANGHAI) if closes else o_clock(0, day=WEDNESDAY)
        )
        node = self.cast.sh if doctor == 2 else self.cast.bj
        rows = self._decided(after, decided, to, lambda decisions: actions.take_leave(
            doctor=self.world.doctors[doctor], node=node, first=TUESDAY, last=TUESDAY, opens=opens, closes=closes, reason="病假",
            decisions=decisions, by=self.cast.director, at=self.book.at))  # fmt: skip
        if rows:
            self.book.leave[rows[0].pk] = self.book.leave.pop(-1)

    @precondition(lambda self: self.book.leave)
    @rule(number=PICK)
    def comes_back_from_leave(self, number: int) -> None:
        pk = sorted(self.book.leave)[number % len(self.book.leave)]
        actions.remove_exception(
            exception=ScheduleException.objects.get(pk=pk), reason="好了", by=self.cast.director, at=self.book.at
        )
        del self.book.leave[pk]

    @precondition(lambda self: not self.book.closed)
    @rule(day=st.sampled_from([TUESDAY, WEDNESDAY]), decided=DECISIONS, to=PICK)
    def the_centre_stays_closed(self, day: date, decided: list[str], to: int) -> None:
        after = self.book.copy()
        after.closed.add(("BJ", day))
        self._decided(after, decided, to, lambda decisions: actions.close_place(
            node=self.cast.bj, first=day, last=day, reason="停电", decisions=decisions, by=self.cast.director, at=self.book.at))  # fmt: skip

    @precondition(lambda self: self.book.closed)
    @rule()
    def the_centre_opens_after_all(self) -> None:
        actions.reopen_place(
            closed=ClosedDay.objects.get(node=self.cast.bj, day__gte=TUESDAY), by=self.cast.director, at=self.book.at
        )
        self.book.closed.clear()

    def _decided(self, after: Notebook, decided: list[str], to: int, verb: Any) -> Any:
        """A change of the timetable is refused while a booking that it breaks is without a decision; with them, all are carried out or none."""
        hits = after.broken(self.book)
        if hits:
            names = self.refused(lambda: verb({}), "hits_bookings").details["bookings"]
            assert [int(name.removeprefix("apt_")) for name in names] == hits
        decisions, obstacle, asked = {}, "", []
        for number, pk in enumerate(hits):
            line, outcome = after.lines[pk], decided[number % len(decided)]
            there = [
                one
                for one in after.places
                if (one.doctor, one.node) == (line.place.doctor, line.place.node) and one != line.place
            ]
            place = there[(to + number) % len(there)]
            decisions[pk] = Decision(Settlement(outcome), start=place.start if outcome == "moved" else None)
            if outcome == "cancelled":
                after.strike([pk])
                asked += self.ended(pk, after)
            elif outcome == "moved" and not obstacle:
                own = after.own_holds(line.who, place)
                obstacle = after.obstacle(place, line.who, {pk}, own)
                after.put(pk, Line(place, line.who, "booked", moves=line.moves), own)
        got = self.tried(lambda: verb(decisions), obstacle)
        if got is not None:
            self.book = after
            self.read_seats()
            self.read(asked)
        return got

    # requests

    @rule(number=st.integers(0, PLACES - 1), who=WHO)
    def asks(self, number: int, who: int) -> None:
        place = self.book.places[number]
        self._ask(who, place, Wish(FIRST, self.world.nodes[place.node], self.world.doctors[place.doctor], place.start))

    @precondition(lambda self: self.book.with_state("booked"))
    @rule(number=PICK, to=PICK)
    def asks_for_another_time(self, number: int, to: int) -> None:
        pk, line = self.one(number, "booked")
        there = [one for one in self.book.places if (one.doctor, one.node) == (line.place.doctor, line.place.node)]
        about = Appointment.objects.get(pk=pk)
        waits = any(one.about_id == pk and one.state in WAITING for one in self.requests.values())
        obstacle = "status" if line.place.start <= self.book.at else "already_asked" if waits else ""
        wished = there[to % len(there)]
        self._ask(
            line.who,
            wished,
            Wish(about.type_id, about.node, None, wished.start, about=about),
            obstacle,
        )

    def _ask(self, who: int | None, place: Place, wish: Wish, obstacle: str = "") -> None:
        assert who is not None
        asker = Asker(self.world.customers[who])
        verb = lambda: actions.ask(who=asker, wish=wish, channel=Channel.PHONE, by=self.cast.service, at=self.book.at)  # noqa: E731
        if place.start <= self.book.at:
            with pytest.raises(Invalid):
                verb()
            return
        row = self.tried(verb, obstacle)
        if row is None:
            return
        mine = [
            line
            for line in self.book.lines.values()
            if line.wished and line.who_asked == who and self.requests[line.ask].state in WAITING
        ]
        self.requests[row.pk], self.of[row.pk] = row, who
        if len(mine) < 3 and place in self.book.free():
            self._keep(row, place, wish_key(row.pk), min(row.due_at, place.start), wished=True)
        assert row.state == RequestState.REQUESTED and row.due_at > self.book.at

    def _keep(
        self, request: AppointmentRequest, place: Place, key: str, until: datetime, *, wished: bool = False
    ) -> None:
        """What is held for a request, in the customer's name unless something of hers is then already."""
        row, who = Appointment.with_holds.get(holder=key), self.of[request.pk]
        named = self.book.named(who, place)
        assert row.expires_at == until
        self.book.put(row.pk, self.line_of(row, place, named, "held", ask=request.pk, wished=wished, who_asked=who))

    @precondition(lambda self: self.requests)
    @rule(number=PICK, wanted=SOME_PLACES)
    def offers_other_times(self, number: int, wanted: list[int]) -> None:
        self._until(self.book.at + MINUTE)
        request, gone = self._request(number)
        node = request.about.node if request.about else request.node
        doctor = request.about.doctor if request.about else None
        times = [
            one
            for one in (self.book.places[n] for n in wanted)
            if self.world.nodes[one.node] == node and doctor in (None, self.world.doctors[one.doctor])
        ]
        said = [Proposal(self.world.doctors[one.doctor], one.start) for one in times]
        verb = lambda: actions.offer(request=request, times=said, by=self.cast.service, at=self.book.at)  # noqa: E731
        after, obstacle = self.book.copy(), ""
        after.strike(gone)
        if not self._answered(request) and (not times or any(one not in after.free() for one in times)):
            with pytest.raises(Invalid):
                verb()
            return
        for place in times:
            who = after.named(self.of[request.pk], place)
            obstacle = obstacle or after.obstacle(place, who)
            after.put(-1 - len(after.lines), Line(place, who, "held"))
        offered = self.tried(verb, "answered" if self._answered(request) else obstacle)
        if offered:
            assert 1 <= len(offered) <= OFFERED
            self.book.strike(gone)
            for row, place in zip(offered, times, strict=True):
                self._keep(request, place, offer_key(row.pk), row.until)
            self.read([request.pk])

    @precondition(lambda self: self.requests)
    @rule(number=PICK, which=PICK, chosen=st.booleans())
    def answers_with_one_time(self, number: int, which: int, chosen: bool) -> None:
        request, gone = self._request(number)
        offered = list(OfferedTime.objects.filter(request=request).select_related("doctor").order_by("pk"))
        said = {"request": request, "read_back": True, "by": self.cast.service, "at": self.book.at}
        if chosen and offered:
            one = offered[which % len(offered)]
            valid = one.at == offered[-1].at and one.until > self.book.at
            place = next(
                p
                for p in self.book.places
                if (self.world.doctors[p.doctor], p.start) == (one.doctor, one.start)
                and self.world.nodes[p.node] == self._node(request)
            )
            verb, obstacle = lambda: actions.choose(chosen=one, **said), "" if valid else "offer_over"
        else:
            there = [p for p in self.book.places if self.world.nodes[p.node] == self._node(request)]
            place, obstacle = there[which % len(there)], ""
            verb = lambda: actions.accept(doctor=self.world.doctors[place.doctor], start=place.start, **said)  # noqa: E731
        self._give(request, place, gone, verb, obstacle or ("answered" if self._answered(request) else ""))

    def _give(self, request: AppointmentRequest, place: Place, gone: set[int], verb: Any, obstacle: str) -> None:
        who, pk = self.of[request.pk], request.about_id
        line = None if pk is None else self.book.lines.get(pk)
        own, moved = self.book.own_holds(who, place), set() if pk is None else {pk}
        if pk is not None:
            obstacle = obstacle or ("status" if line is None or line.state != "booked" else self.book.bar(line))
        obstacle = obstacle or self.book.obstacle(place, who, gone | moved, own | gone)
        row = self.tried(verb, obstacle, place, gone | own)
        if row:
            self.book.put(
                row.pk, self.line_of(row, place, who, "booked", moves=line.moves + 1 if line else 0), gone | own
            )
            self.read([request.pk])
            assert self.requests[request.pk].appointment_id == row.pk

    @precondition(lambda self: self.requests)
    @rule(number=PICK, withdrawn=st.booleans())
    def ends_without_a_booking(self, number: int, withdrawn: bool) -> None:
        request, gone = self._request(number)
        verb = actions.withdraw if withdrawn else actions.decline
        if self.tried(
            lambda: verb(request=request, reason="约不成", by=self.cast.service, at=self.book.at),
            "answered" if self._answered(request) else "",
        ):
            self.book.strike(gone)
            self.read([request.pk])

    @precondition(lambda self: self.requests)
    @rule(number=PICK)
    def nobody_took_up_the_offer(self, number: int) -> None:
        request, gone = self._request(number)
        over = request.state == RequestState.OFFERED and not offers_of(request, self.book.at)
        assert end_offers(request_id=request.pk, by=self.cast.system, at=self.book.at) == over
        if over:
            self.book.strike(gone)
            self.read([request.pk])

    def _request(self, number: int) -> tuple[AppointmentRequest, set[int]]:
        """A request, and what is held for it."""
        pk = sorted(self.requests)[number % len(self.requests)]
        return self.requests[pk], {one for one, line in self.book.lines.items() if line.ask == pk}

    def _node(self, request: AppointmentRequest) -> Any:
        return request.node

    @staticmethod
    def _answered(request: AppointmentRequest) -> bool:
        return request.state not in (*WAITING, RequestState.LAPSED)

    # time

    @rule(minutes=st.sampled_from([5, 31, 130]))
    def waits(self, minutes: int) -> None:
        self._until(min(self.book.at + minutes * MINUTE, LATEST))

    @precondition(lambda self: self.book.at < BREAKFAST)
    @rule()
    def the_day_comes(self) -> None:
        self._until(BREAKFAST)

    def _until(self, at: datetime) -> None:
        self.lapsed += self.book.wait_until(max(at, self.book.at))

    @rule()
    def what_ran_out_is_swept(self) -> None:
        actions.sweep_holds(by=self.cast.system, at=self.book.at)
        assert not Appointment.with_holds.filter(status="held", expires_at__lte=self.book.at).exists()

    # what holds whatever happened

    @invariant()
    def nobody_and_nothing_is_in_two_places(self) -> None:
        assert collisions({self.world.group.pk: SEATS}) == []

    @invariant()
    def what_is_free_is_what_the_notebook_has_free(self) -> None:
        found = free_of(
            [one.pk for one in self.world.doctors], list(self.world.nodes.values()), [TUESDAY, WEDNESDAY], self.book.at
        )
        seen = {(slot.doctor_id, slot.node_id, slot.start, slot.end): slot.left for slot in found}
        assert seen == {
            (self.world.doctors[one.doctor].pk, self.world.nodes[one.node].pk, one.start, one.end): left
            for one, left in self.book.free().items()
        }

    @invariant()
    def what_stands_is_what_the_notebook_has(self) -> None:
        rows = Appointment.with_holds.standing(self.book.at).exclude(status="cancelled")
        names = {customer.pk: number for number, customer in enumerate(self.world.customers)}
        seen = {
            row[0]: (row[1], row[2].lower, names.get(row[3]), row[4], row[5])
            for row in rows.values_list("pk", "doctor", "during", "customer", "status", "seat")
        }
        assert seen == {
            pk: (self.world.doctors[line.place.doctor].pk, line.place.start, line.who, line.state, line.seat)
            for pk, line in self.book.lines.items()
        }


def try_everything(cast: Cast, *, examples: int, length: int) -> None:
    AnyOrder.world = World(cast)
    run_state_machine_as_test(
        AnyOrder, settings=settings(max_examples=examples, stateful_step_count=length, deadline=None)
    )


@pytest.mark.req("APT-002")
@pytest.mark.req("APT-003")
def test_in_any_order_everybody_is_told_what_a_notebook_says(cast: Cast) -> None:
    try_everything(cast, examples=10, length=25)


@pytest.mark.soak
def test_in_any_order_for_long(cast: Cast) -> None:
    try_everything(cast, examples=400, length=60)
