"""The crowd: one row for each customer with a name, contacts and search columns of its own, and which prototype it lives after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from bench.world import names
from bench.world.chain import Chain, Team
from bench.world.stories import LAST, LEAD, Story
from kefu.customers.choices import ContactKind
from kefu.customers.details import read_phone
from kefu.customers.indexing import index
from kefu.customers.models import ContactPoint, Customer
from kefu.testing.cast import AT

LEADS, IN_CARE = 0.15, 0.35
"""So many customers are leads, and so many wait for their next follow-up; the others stand anywhere in the journey."""
BEIJING, FIRST_PAIR = 0.5, 0.7
"""Beijing has half of all customers, and the first doctor and manager of a centre most of its customers: their lists are full at any size."""
CROWDED = {"sample_collected": 4}
"""Nodes at which more wait than at others."""
HALF_HOURS = 14
"""Slots of a doctor's day."""


@dataclass(frozen=True)
class Life:
    """A customer of the crowd with contact points, the prototype, and by how much the prototype's times are moved."""

    customer: Customer
    contacts: tuple[ContactPoint, ...]
    story: Story
    shift: timedelta
    slot: datetime


class Crowd:
    """Customers one after the other, always the same for the same chain and number."""

    def __init__(self, chain: Chain, stories: Sequence[Story], *, first_id: int, first_contact: int) -> None:
        self._random = Random(20261123)  # noqa: S311  data, not secrets
        self._chain = chain
        self._stories: Mapping[str, Story] = {story.node: story for story in stories}
        self._nodes = [
            story.node
            for story in stories
            if story.node not in (LEAD, LAST)
            for _times in range(CROWDED.get(story.node, 1))
        ]
        self._id, self._contact = first_id, first_contact
        self._booked: dict[int, int] = {}

    def lives(self, count: int) -> Iterator[Life]:
        """So many of them."""
        return (self._life(number) for number in range(count))

    def _life(self, number: int) -> Life:
        random = self._random
        story, team = self._story(), self._team()
        days = random.uniform(30, 700) if story.node in (LEAD, LAST) else random.uniform(-1, 20)
        shift = -timedelta(seconds=int(days * 86400), microseconds=number % 1_000_000)
        customer = copied(story.customer)
        customer.pk, self._id = self._id, self._id + 1
        customer.node = team.node
        if story.node != LEAD:
            pair = 0 if random.random() < FIRST_PAIR else 1
            customer.doctor, customer.health_manager = team.doctors[pair], team.managers[pair]
        customer.created_by = random.choice(team.managers)
        customer.created_at += shift
        self._describe(customer, shift)
        contacts = self._contacts(customer, number)
        index(customer, [contact.value for contact in contacts])
        return Life(customer, contacts, story, shift, self._slot(customer))

    def _story(self) -> Story:
        chance = self._random.random()
        if chance < LEADS:
            return self._stories[LEAD]
        return self._stories[LAST if chance < LEADS + IN_CARE else self._random.choice(self._nodes)]

    def _team(self) -> Team:
        teams = self._chain.teams
        return teams[0] if self._random.random() < BEIJING else self._random.choice(teams[1:])

    def _describe(self, customer: Customer, shift: timedelta) -> None:
        random = self._random
        customer.name = names.name(random)
        if customer.archive_opened_at is None:
            return
        customer.archive_opened_at += shift
        customer.sex = random.choice(("female", "male"))
        customer.birth_date = date(1940, 1, 1) + timedelta(days=random.randrange(25_000))
        customer.archive_number = f"HA{customer.pk:08}" if customer.archive_number else None
        customer.address, customer.occupation = names.address(random), random.choice(names.OCCUPATIONS)
        customer.remarks = random.choice(names.REMARKS)
        customer.medical_history = random.choice(names.HISTORIES)
        customer.card_number = f"VIP{customer.pk:07}" if random.random() < 0.3 else ""

    def _contacts(self, customer: Customer, number: int) -> tuple[ContactPoint, ...]:
        phone = read_phone(f"1{3 + number % 6}{(number * 7919) % 1_000_000_000:09}")
        point = ContactPoint(
            pk=self._contact, customer=customer, kind=ContactKind.PHONE, value=phone.value, tail=phone.tail, owns=True
        )
        self._contact += 1
        return (point,)

    def _slot(self, customer: Customer) -> datetime:
        """A half-hour of the doctor's own: today's and tomorrow's first, then back into the past."""
        doctor = customer.doctor_id or 0
        taken = self._booked.get(doctor, 0)
        self._booked[doctor] = taken + 1
        day, half_hour = divmod(taken, HALF_HOURS)
        return AT.replace(hour=9) + timedelta(days=1 - day, minutes=30 * half_hour)


def copied(customer: Customer) -> Customer:
    """A customer with the columns of another, not saved."""
    return Customer(**{field.attname: getattr(customer, field.attname) for field in Customer._meta.concrete_fields})
