"""Visits that are asked for online: the centre confirms, offers other times, or cannot help; now and then it answers too late."""

from __future__ import annotations

from collections.abc import Generator
from datetime import datetime

from kefu.appointments.actions import accept, ask, choose, decline, offer
from kefu.appointments.asked import Asker, Wish
from kefu.appointments.choices import Channel
from kefu.appointments.models import Appointment
from kefu.appointments.queries.requests import offers_of, proposals
from kefu.config.demo.verbs import intake
from kefu.config.demo.year.life import Life
from kefu.organisation.queries import SYSTEM, system_user

Asking = Generator[datetime, datetime, tuple[datetime, Appointment | None]]
"""A request; it answers when it was settled, and the booking it became."""


def asked(life: Life, at: datetime, wanted: datetime, type: str) -> Asking:
    """Somebody asks for a time on the public page; service reads item and time back and confirms, most often within the two hours."""
    customer, doctor, node = life.walk.customer, life.walk.person("doctor"), life.walk.node
    wished = intake.slot_near(doctor, node, wanted, at)
    words = life.say("wishes") if life.happens(35) else ""
    request = ask(who=Asker(customer=customer), wish=Wish(type, node, doctor, wished, words), channel=Channel.ONLINE,
                  by=system_user(SYSTEM), at=at)  # fmt: skip
    at = yield life.soon(at, 150, 260) if life.happens(7) else life.soon(at, 8, 100)
    agent = life.house.people[life.agent()]
    if life.happens(4):
        decline(request=request, reason=life.say("declined"), by=agent, at=at)
        return at, None
    if life.happens(22):
        offer(request=request, times=[one for one in proposals(request, at) if one.start != wished], by=agent, at=at)
        at = yield life.soon(at, 10, 90)
        if offers := offers_of(request, at):
            chosen = life.chance.choice(list(offers))
            return at, choose(request=request, chosen=chosen, read_back=True, by=system_user(SYSTEM), at=at)
    nearest = min(proposals(request, at), key=lambda one: abs(one.start - wished))
    return at, accept(request=request, doctor=nearest.doctor, start=nearest.start, read_back=True, by=agent, at=at)
