"""Twenty doctors at two centres, forty customers, and people at desks who do anything to their bookings at the same time."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, time, timedelta
from random import Random
from time import monotonic
from typing import Any

from django.test import Client

from kefu.appointments import actions
from kefu.appointments.actions import Decision
from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import ANSWERABLE, AppointmentStatus, Channel, Settlement
from kefu.appointments.models import Appointment, AppointmentRequest, ClinicSchedule, OfferedTime, ScheduleException
from kefu.appointments.queries import free_of
from kefu.appointments.queries.requests import Proposal
from kefu.appointments.tests.collisions import collisions
from kefu.appointments.tests.scene import FIRST, TUESDAY, o_clock
from kefu.customers.actions.leads import create_lead
from kefu.foundation.api.actions import issue_token
from kefu.foundation.worktime.content import load_calendars
from kefu.kernel.errors import Invalid, Refused
from kefu.kernel.ids import ident
from kefu.organisation.models import Grant, Role, Room, User
from kefu.people.models import Doctor
from kefu.testing.cast import build_cast

DOCTORS, CUSTOMERS, AT_LEAST = 20, 40, 12
KINDS: list[dict[str, Any]] = [
    {"room": True},
    {"equipment": True},
    {"buffer_before": 5, "buffer_after": 10},
    {"capacity": 3, "slot_minutes": 60},
]
"""What is particular about the hours of every fourth doctor: one room, one camera, time around each visit, groups."""
VERBS = {"book": 4, "book_by_program": 2, "move": 4, "cancel": 2, "hold": 2, "leave": 1, "come_back": 1, "miss": 2, "come": 1, "reopen": 1,
         "ask": 1, "offer": 2, "choose": 2, "accept": 1, "sweep": 1}  # fmt: skip
REFUSALS = {"slot_taken", "customer_busy", "on_the_way", "no_slot", "status", "too_often", "too_early", "hits_bookings", "hits_changed",
            "answered", "offer_over", "not_free"}  # fmt: skip
NOTHING = "nothing there"


class World:
    """It is eight on Tuesday; half the doctors are in Beijing in the morning and in Shanghai from noon, the others the other way round."""

    def __init__(self) -> None:
        self.cast = cast = build_cast()
        load_calendars(by=None, at=cast.at)
        for role, user in (("centre_director", cast.director), ("doctor", None)):
            self.role = Role.objects.get(code=role)
            if user:
                Grant.objects.create(user=user, role=self.role, node=cast.sh, valid_from=date(2026, 1, 5))
        self.at, self.nodes = o_clock(8), [cast.bj, cast.sh]
        self.doctors = [self._doctor(number) for number in range(DOCTORS)]
        self.customers = [
            create_lead(
                name=f"白示{n}", sex="female", phone=f"1000000{n:04d}", node=cast.bj, by=cast.manager, at=cast.at
            ).customer
            for n in range(CUSTOMERS)
        ]
        self.camera = actions.add_equipment(
            node=cast.bj, code="BJ-E1", zh="人体成分仪", en="Body composition analyser", by=cast.director, at=cast.at
        )
        self.room, self.capacities = Room.objects.get(code="BJ-R1"), dict[int, int]()
        for number in range(DOCTORS):
            self._open(number)
        self.slots = free_of(
            [one.pk for one in self.doctors], self.nodes, [TUESDAY, TUESDAY + timedelta(days=1)], self.at
        )
        self.token = issue_token(user=cast.service, name="接口", by=cast.service, at=cast.at)

    def _doctor(self, number: int) -> User:
        user = User(username=f"d{number}", job_number=f"9{number:03d}", name=f"医示{number}", node=self.cast.bj, undertaking_signed_on=date(2026, 1, 5))  # fmt: skip
        user.set_unusable_password()
        user.save()
        Grant.objects.create(user=user, role=self.role, node=self.cast.bj, valid_from=date(2026, 1, 5))
        Doctor.objects.create(user=user, employment="full_time", specialty_zh="营养与代谢", certified_on=date(2026, 1, 5), certified_by=self.cast.admin)  # fmt: skip
        return user

    def _open(self, number: int) -> None:
        morning, noon = self.nodes if number % 2 else self.nodes[::-1]
        for node, opens in ((morning, 9), (noon, 12)):
            kind = dict(KINDS[number // 2 % 4])
            places = {
                "room": self.room if node == self.cast.bj else None,
                "equipment": self.camera if node == self.cast.bj else None,
            }
            hours = {"slot_minutes": 30} | {name: places.get(name, value) for name, value in kind.items()}
            for day in range(2):
                row = ClinicSchedule.objects.create(doctor=self.doctors[number], node=node, weekday=1 + day, opens=time(opens), closes=time(opens + 3),
                                                    valid_from=date(2026, 1, 1), **hours)  # fmt: skip
                self.capacities[row.pk] = row.capacity

    def collisions(self) -> list[tuple[object, ...]]:
        """What is in two places at once."""
        return collisions(self.capacities)

    def work(self, dice: Random, most: int, seconds: float) -> Counter[str]:
        """So many things as one person does them, fewer where time runs out; answers how often which was done, or why it was not."""
        end, done = monotonic() + seconds, Counter[str]()
        for turn in range(most):
            if turn >= AT_LEAST and monotonic() > end:
                break
            (verb,) = dice.choices(list(VERBS), list(VERBS.values()))
            try:
                done[getattr(self, f"_{verb}")(dice) or verb] += 1
            except Refused as refusal:
                done[refusal.code] += 1
            except Invalid as invalid:
                done[invalid.errors[0].code] += 1
        return done

    # what one may do

    def _place(self, dice: Random) -> dict[str, Any]:
        slot = dice.choice(self.slots)
        doctor = next(one for one in self.doctors if one.pk == slot.doctor_id)
        return {
            "doctor": doctor,
            "node": next(one for one in self.nodes if one.pk == slot.node_id),
            "start": slot.start,
        }

    def _by(self, user: User | None = None) -> dict[str, Any]:
        return {"by": user or self.cast.service, "at": self.at}

    def _book(self, dice: Random) -> None:
        actions.book(customer=dice.choice(self.customers), type=FIRST, **self._place(dice), **self._by())

    def _book_by_program(self, dice: Random) -> str:
        place, customer = self._place(dice), dice.choice(self.customers)
        body = {
            "customer": ident("cus", customer.pk),
            "doctor": place["doctor"].job_number,
            "node": place["node"].code,
            "type": str(FIRST),
            "start": place["start"].isoformat(),
        }
        headers = {"Authorization": f"Bearer {self.token}", "X-Kefu-At": self.at.isoformat()}
        answer = Client(headers=headers).post("/api/v1/appointments", json.dumps(body), content_type="application/json")
        assert answer.status_code in (201, 409), answer.content
        return "" if answer.status_code == 201 else str(answer.json()["code"])

    def _move(self, dice: Random) -> str:
        return self._with_one(
            dice, "booked", lambda row: actions.move(appointment=row, **self._place(dice), **self._by())
        )

    def _cancel(self, dice: Random) -> str:
        return self._with_one(
            dice, "booked", lambda row: actions.cancel(appointment=row, reason="不来了", **self._by())
        )

    def _hold(self, dice: Random) -> None:
        early = self.at - timedelta(minutes=dice.choice([0, 20]))  # some have run out by now
        customer = dice.choice([None, *self.customers])
        actions.hold_slot(customer=customer, type=FIRST, by=self.cast.service, at=early, **self._place(dice))

    def _miss(self, dice: Random) -> str:
        return self._says(dice, "booked", AppointmentStatus.NO_SHOW)

    def _come(self, dice: Random) -> str:
        return self._says(dice, "no_show", AppointmentStatus.ARRIVED)

    def _says(self, dice: Random, stands: str, status: AppointmentStatus) -> str:
        return self._with_one(
            dice, stands, lambda row: actions.set_status(appointment=row, status=status, **self._by())
        )

    def _reopen(self, dice: Random) -> str:
        return self._with_one(
            dice,
            "no_show",
            lambda row: actions.reopen(appointment=row, reason="记错了", **self._by(self.cast.supervisor)),
        )

    def _leave(self, dice: Random) -> None:
        opens = dice.choice([9, 11, 13])
        said = {"doctor": dice.choice(self.doctors), "node": self.cast.bj, "first": TUESDAY, "last": TUESDAY, "opens": time(opens), "closes": time(opens + 1),
                "reason": "临时有事"} | self._by(self.cast.director)  # fmt: skip
        try:
            actions.take_leave(**said)
        except Refused as refusal:
            hits = [int(one.removeprefix("apt_")) for one in refusal.details.get("bookings", [])]
            if not hits:
                raise
            actions.take_leave(
                **said, decisions={pk: Decision(dice.choice([Settlement.OPEN, Settlement.KEPT])) for pk in hits}
            )

    def _come_back(self, dice: Random) -> str:
        def back(row: ScheduleException) -> None:
            actions.remove_exception(exception=row, reason="好了", **self._by(self.cast.director))

        return self._some(dice, ScheduleException.objects.select_related("doctor"), back)

    def _ask(self, dice: Random) -> None:
        place = self._place(dice)
        wish = Wish(FIRST, place["node"], place["doctor"], place["start"])
        actions.ask(who=Asker(dice.choice(self.customers)), wish=wish, channel=Channel.PHONE, **self._by())

    def _offer(self, dice: Random) -> str:
        def offer(row: AppointmentRequest) -> None:
            there = [slot for slot in self.slots if slot.node_id == row.node_id]
            doctors = {one.pk: one for one in self.doctors}
            times = [Proposal(doctors[slot.doctor_id], slot.start) for slot in dice.sample(there, 2)]
            actions.offer(request=row, times=times, **self._by())

        return self._some(
            dice, AppointmentRequest.objects.filter(state__in=ANSWERABLE).select_related("node", "about"), offer
        )

    def _choose(self, dice: Random) -> str:
        def choose(one: OfferedTime) -> None:
            actions.choose(request=one.request, chosen=one, read_back=True, **self._by())

        rows = OfferedTime.objects.filter(request__state="offered").select_related("doctor", "request")
        return self._some(dice, rows, choose)

    def _accept(self, dice: Random) -> str:
        def accept(row: AppointmentRequest) -> None:
            place = self._place(dice)
            actions.accept(request=row, doctor=place["doctor"], start=place["start"], read_back=True, **self._by())

        return self._some(dice, AppointmentRequest.objects.filter(state__in=ANSWERABLE), accept)

    def _sweep(self, dice: Random) -> None:
        actions.sweep_holds(**self._by(self.cast.system))

    def _with_one(self, dice: Random, status: str, verb: Callable[[Appointment], object]) -> str:
        rows = Appointment.objects.filter(status=status).select_related("doctor", "node")
        return self._some(dice, rows, verb)

    @staticmethod
    def _some(dice: Random, rows: Any, verb: Callable[[Any], object]) -> str:
        """Do something with one of these rows, where there is any."""
        ids = list(rows.order_by("pk").values_list("pk", flat=True))
        one = rows.filter(pk=dice.choice(ids)).first() if ids else None
        if one is None:
            return NOTHING
        verb(one)
        return ""
