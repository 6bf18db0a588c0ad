"""A small chain to book at, and what people do with bookings there, each done in the program and in a notebook."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from kefu.appointments import actions
from kefu.appointments.choices import WAITING, AppointmentStatus
from kefu.appointments.models import Appointment, AppointmentRequest, ClinicSchedule
from kefu.appointments.tests.notebook import TIED, Line, Notebook, Place
from kefu.appointments.tests.scene import FIRST, TUESDAY, person
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Refused
from kefu.organisation.models import Grant, Role, Room
from kefu.testing.cast import Cast

MINUTE, WEDNESDAY, SEATS = timedelta(minutes=1), TUESDAY + timedelta(days=1), 2
HALF = 30 * MINUTE
PICK, WHO, PLACES = st.integers(0, 99), st.integers(0, 3), 21
TOLD = {"slot_taken", "customer_busy", "on_the_way", "no_slot"}
"""Refusals that come with other times."""


class World:
    """Three doctors on Tuesday: two in one room, two with one camera, one of them in the afternoon in Shanghai too; on Wednesday a group."""

    def __init__(self, cast: Cast) -> None:
        load_calendars(by=None, at=cast.at)
        Grant.objects.create(user=cast.director, role=Role.objects.get(code="centre_director"), node=cast.sh, valid_from=date(2026, 1, 5))  # fmt: skip
        self.cast, self.doctors, self.nodes = (
            cast,
            [cast.doctor, cast.doctor2, cast.sh_doctor],
            {"BJ": cast.bj, "SH": cast.sh},
        )
        self.customers = [person(cast, f"白示{n}", f"1000000{n:04d}") for n in range(4)]
        self.places: list[Place] = []
        camera = actions.add_equipment(
            node=cast.bj, code="BJ-E1", zh="人体成分仪", en="Body composition analyser", by=cast.director, at=cast.at
        )
        room = Room.objects.get(code="BJ-R1")
        self._open(0, "BJ", "09:00", "12:00", room=room)
        self._open(1, "BJ", "09:00", "12:00", room=room, equipment=camera, buffer_before=5, buffer_after=15)
        self._open(1, "SH", "12:20", "14:20")
        self._open(2, "BJ", "09:00", "12:00", equipment=camera)
        self.group = self._open(0, "BJ", "09:00", "11:00", room=room, day=WEDNESDAY, capacity=SEATS, slot_minutes=60)

    def _open(
        self, doctor: int, node: str, opens: str, closes: str, *, day: date = TUESDAY, **how: Any
    ) -> ClinicSchedule:
        hours = {"slot_minutes": 30, "capacity": 1, "buffer_before": 0, "buffer_after": 0} | how
        before, length, after = (hours[name] * MINUTE for name in ("buffer_before", "slot_minutes", "buffer_after"))
        start, end = (datetime.combine(day, time.fromisoformat(word), self.cast.at.tzinfo) for word in (opens, closes))
        room, camera = "R1" if "room" in how else "", "E1" if "equipment" in how else ""
        while start + before + length + after <= end:
            busy_to = start + before + length + after
            self.places.append(
                Place(doctor, node, start + before, busy_to - after, start, busy_to, room, camera, hours["capacity"])
            )
            start = busy_to
        return ClinicSchedule.objects.create(
            doctor=self.doctors[doctor], node=self.nodes[node], weekday=day.weekday(), opens=time.fromisoformat(opens),
            closes=time.fromisoformat(closes), valid_from=TUESDAY, valid_to=TUESDAY + timedelta(days=7), **hours,
        )  # fmt: skip


class AtTheDesk(RuleBasedStateMachine):
    """Holding, booking, changing, and the day of the visit."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.before = transaction.savepoint()
        self.cast = self.world.cast
        self.book = Notebook(self.world.places, self.cast.at)
        self.requests: dict[int, AppointmentRequest] = {}
        self.of: dict[int, int] = {}
        self.lapsed: list[tuple[int, Line]] = []
        self.forms = 0

    def teardown(self) -> None:
        transaction.savepoint_rollback(self.before)

    # how the two are compared

    def tried(
        self, verb: Callable[[], Any], obstacle: str, place: Place | None = None, gone: Collection[int] = ()
    ) -> Any:
        """Do it. It succeeds or is refused as the notebook says; where there were other times, with the nearest free ones."""
        with_place = {} if place is None else {"start": place.start}
        try:
            got = verb()
        except Refused as refusal:
            assert refusal.code == obstacle, (refusal.code, obstacle, with_place)
            if obstacle in TOLD and place is not None:
                told = [datetime.fromisoformat(one["start"]) for one in refusal.details["alternatives"]]
                assert told == self.book.nearest(place, () if obstacle == "no_slot" else gone), with_place
            return None
        assert obstacle == "", f"{obstacle} was not noticed"
        return got

    def at_place(self, place: Place) -> dict[str, Any]:
        return {
            "doctor": self.world.doctors[place.doctor],
            "node": self.world.nodes[place.node],
            "start": place.start,
            "at": self.book.at,
        }

    def refused(self, verb: Callable[[], Any], code: str) -> Refused:
        with pytest.raises(Refused) as refusal:
            verb()
        assert refusal.value.code == code
        return refusal.value

    def read_seats(self) -> None:
        """The seats that a move has given."""
        seats = dict(Appointment.objects.values_list("pk", "seat"))
        self.book.lines = {pk: replace(line, seat=seats.get(pk, line.seat)) for pk, line in self.book.lines.items()}

    def one(self, number: int, *states: str) -> tuple[int, Line]:
        there = self.book.with_state(*states)
        pk = there[number % len(there)]
        return pk, self.book.lines[pk]

    def line_of(self, row: Appointment, place: Place, who: int | None, state: str, **more: Any) -> Line:
        assert (row.status, row.start, row.end) == (state, place.start, place.end)
        assert row.customer_id == (None if who is None else self.world.customers[who].pk)
        return Line(place, who, state, until=row.expires_at, seat=row.seat, **more)

    # holding and booking

    @rule(number=st.integers(0, PLACES - 1), who=st.none() | WHO, minutes=st.sampled_from([None, 30, 1500]))
    def holds(self, number: int, who: int | None, minutes: int | None) -> None:
        place = self.book.places[number]
        own, until = self.book.own_holds(who, place), self.book.at + minutes * MINUTE if minutes else None
        customer = None if who is None else self.world.customers[who]
        row = self.tried(lambda: actions.hold_slot(customer=customer, type=FIRST, until=until, by=self.cast.service, **self.at_place(place)),
                         self.book.obstacle(place, who, own=own), place, own)  # fmt: skip
        if row:
            assert row.expires_at == (until or self.book.at + 10 * MINUTE)
            self.book.put(row.pk, self.line_of(row, place, who, "held"), own)

    @precondition(lambda self: self.book.with_state("held"))
    @rule(number=PICK)
    def gives_a_held_place_back(self, number: int) -> None:
        pk, _line = self.one(number, "held")
        actions.release_slot(held=Appointment.with_holds.get(pk=pk), by=self.cast.service, at=self.book.at)
        self.book.strike([pk])

    @rule(number=st.integers(0, PLACES - 1), who=WHO)
    def books_and_sends_the_form_twice(self, number: int, who: int) -> None:
        place, self.forms = self.book.places[number], self.forms + 1
        own = self.book.own_holds(who, place)
        said = {
            "customer": self.world.customers[who],
            "type": FIRST,
            "key": f"form-{self.forms}",
            "by": self.cast.service,
        }
        row = self.tried(
            lambda: actions.book(**said, **self.at_place(place)), self.book.obstacle(place, who, own=own), place, own
        )
        if row:
            assert actions.book(**said, **self.at_place(place)) == row
            self.book.put(row.pk, self.line_of(row, place, who, "booked"), own)

    @precondition(lambda self: self.lapsed or self.book.with_state("held"))
    @rule(number=PICK, who=WHO, late=st.booleans())
    def books_what_was_held(self, number: int, who: int, late: bool) -> None:
        late = (late and bool(self.lapsed)) or not self.book.with_state("held")
        pk, line = self.lapsed[number % len(self.lapsed)] if late else self.one(number, "held")
        place, gone, own = line.place, {pk} if line.who in (None, who) else set(), self.book.own_holds(who, line.place)
        held = Appointment.with_holds.filter(pk=pk).first()  # what ran out may be swept away
        said = {"customer": self.world.customers[who], "type": FIRST, "held": held, "by": self.cast.service}
        row = self.tried(
            lambda: actions.book(**said, **self.at_place(place)),
            self.book.obstacle(place, who, gone, own),
            place,
            gone | own,
        )
        if row:
            self.book.put(row.pk, self.line_of(row, place, who, "booked"), gone | own)

    # changing

    @precondition(lambda self: self.book.with_state("booked"))
    @rule(number=PICK, to=st.integers(0, PLACES - 1), decided=st.booleans())
    def moves(self, number: int, to: int, decided: bool) -> None:
        pk, line = self.one(number, "booked")
        place, by = self.book.places[to], self.cast.supervisor if decided else self.cast.service
        own = self.book.own_holds(line.who, place)
        obstacle = ("" if decided else self.book.bar(line)) or self.book.obstacle(place, line.who, {pk}, own)
        said = {"reason": "换个时间", "override": decided, "by": by}
        row = self.tried(
            lambda: actions.move(appointment=Appointment.objects.get(pk=pk), **said, **self.at_place(place)),
            obstacle,
            place,
            own,
        )
        if row:
            self.book.put(pk, self.line_of(row, place, line.who, "booked", moves=line.moves + 1), own)

    @precondition(lambda self: self.book.with_state("booked", "arrived", "no_show"))
    @rule(number=PICK, decided=st.booleans())
    def cancels(self, number: int, decided: bool) -> None:
        pk, line = self.one(number, "booked", "arrived", "no_show")
        late = line.place.start <= self.book.at and not decided
        obstacle = "status" if line.state != "booked" else "too_late" if late else ""
        by = self.cast.supervisor if decided else self.cast.service
        if self.tried(
            lambda: actions.cancel(
                appointment=Appointment.objects.get(pk=pk), reason="不来了", override=decided, by=by, at=self.book.at
            ),
            obstacle,
        ):
            self.book.strike([pk])
            self.read(self.ended(pk, self.book))

    def ended(self, pk: int, book: Notebook) -> list[int]:
        """Nobody can be given another time of a visit that is over: what was asked for it is withdrawn, what was held for that let go."""
        asked = [number for number, one in self.requests.items() if one.about_id == pk and one.state in WAITING]
        book.strike([one for one, line in book.lines.items() if line.ask in asked])
        return asked

    def read(self, requests: Collection[int]) -> None:
        rows = AppointmentRequest.objects.select_related("about__node", "about__doctor", "node")
        self.requests.update(rows.in_bulk(requests))

    # the day of the visit

    @precondition(lambda self: self.book.with_state("booked", "arrived", "completed", "no_show"))
    @rule(number=PICK, said=st.sampled_from(["arrived", "no_show", "completed"]))
    def says_what_became_of_it(self, number: int, said: str) -> None:
        pk, line = self.one(number, "booked", "arrived", "completed", "no_show")
        follows = {"arrived": ("booked", "no_show"), "no_show": ("booked",), "completed": ("arrived",)}[said]
        obstacle = (
            "too_early" if line.place.start.date() > self.book.at.date() else "" if line.state in follows else "status"
        )
        self._become(pk, line, said, obstacle, lambda row: actions.set_status(
            appointment=row, status=AppointmentStatus(said), by=self.cast.service, at=self.book.at))  # fmt: skip

    @precondition(lambda self: self.book.with_state("booked", "arrived", "completed", "no_show"))
    @rule(number=PICK)
    def takes_back_what_was_said(self, number: int) -> None:
        pk, line = self.one(number, "no_show", "arrived", "completed", "booked")
        again = {"arrived": "booked", "completed": "arrived", "no_show": "booked"}.get(line.state, "")
        self._become(pk, line, again, "" if again else "status", lambda row: actions.reopen(
            appointment=row, reason="记错了", by=self.cast.supervisor, at=self.book.at))  # fmt: skip

    def _become(
        self, pk: int, line: Line, state: str, obstacle: str, verb: Callable[[Appointment], Appointment]
    ) -> None:
        returns = line.state == "no_show" and state in TIED and not obstacle
        own = self.book.own_holds(line.who, line.place) if returns else set()
        obstacle = self.book.obstacle_to_return(line, own) if returns else obstacle
        row = self.tried(lambda: verb(Appointment.objects.get(pk=pk)), obstacle, line.place, own)
        if row:
            assert row.status == state
            self.book.put(pk, replace(line, state=state, seat=row.seat), own)
            self.read(self.ended(pk, self.book) if state != "booked" else [])
