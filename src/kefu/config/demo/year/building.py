"""Building the year: everything in one transaction, so that an interrupted one leaves the installation as empty as it was."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db import connection, transaction

from kefu.config.demo.accounts import Password, open_accounts, random_passwords
from kefu.config.demo.loading import arrangements, deliveries, found, refuse_unless_empty, signatures
from kefu.config.demo.play import Scene
from kefu.config.demo.transfers import transfers
from kefu.config.demo.world import read
from kefu.config.demo.year.absent import ill
from kefu.config.demo.year.agenda import Course
from kefu.config.demo.year.desks import answering, caring, reading
from kefu.config.demo.year.events import away, came_and_left, planned, repriced, stood_in
from kefu.config.demo.year.house import House
from kefu.config.demo.year.jobs import run_due
from kefu.config.demo.year.life import Life
from kefu.config.demo.year.people import MOST, people
from kefu.config.demo.year.staying import live
from kefu.config.demo.year.supply import keeping
from kefu.config.errors import UsageError
from kefu.customers.actions.likeness import look_for_pairs
from kefu.customers.actions.valuing import value_customers
from kefu.foundation.audit.context import origin
from kefu.foundation.search.counting import count_all
from kefu.organisation.models import User
from kefu.organisation.queries import SYSTEM, system_user

RARE = (50_000, 20, 50)
CUSTOMERS, SEED = 2_000, "kefu"
SUPERVISOR = "2008"
EVENING = time(18, 30)
ANALYZED = (3, 12, 40, 100, 180, 270)
"""Evenings on which the planner learns how the tables have grown, which nobody else can see yet."""


Tell = Callable[[datetime], None]
"""Hears the simulated time as it goes on."""


def silent(_at: datetime) -> None:
    """Nobody wants to hear."""


@dataclass(frozen=True)
class Played:
    """How many steps were taken, and which the rules of the house refused."""

    steps: int
    refused: Sequence[str] = ()


def build(*, at: datetime, customers: int = CUSTOMERS, seed: str = SEED, tell: Tell = silent) -> Played:
    """Play the year that ends at `at` into an empty installation; `tell` hears the simulated time.

    Raises MissingPrerequisite in production, UsageError for an installation with people or a number that makes no sense.
    """
    if not 1 <= customers <= MOST:
        raise UsageError(f"--customers takes 1 to {MOST}.")
    refuse_unless_empty()
    world = read(at)
    with origin("command"), ThreadPoolExecutor(max_workers=1) as pool, transaction.atomic(), _rarely_collecting():
        passwords = random_passwords(world, pool)
        found(world)
        return fill(House(world, customers, seed), passwords, tell)


def fill(house: House, passwords: Mapping[str, Password], tell: Tell = silent) -> Played:
    """Play the year in a chain that was opened just now, then open the accounts."""
    played, system = play(house, tell), system_user(SYSTEM)
    look_for_pairs(by=system, at=house.end)
    value_customers(by=system, at=house.end)
    count_all()
    open_accounts(world=house.world, passwords=passwords, by=system, at=house.end)
    return played


def play(house: House, tell: Tell = silent, *, until: datetime | None = None) -> Played:
    """Let everything run from the first day until now, or only so far."""
    house.people |= {user.job_number: user for user in User.objects.select_related("node").filter(is_system=False)}
    for scene in (
        *deliveries(house.world),
        *signatures(house.world),
        *arrangements(house.world),
        *transfers(house.world),
    ):
        house.agenda.begin(scene.name, _once(scene))
    for name, course in (*_routines(house), *_events(house)):
        house.agenda.begin(name, course)
    for walk, comes in people(house):
        life = Life(house, walk, comes, house.chance(walk.row["code"]))
        house.agenda.begin(life.code, live(life))
    steps = house.agenda.play(until or house.end, tell)
    return Played(steps, house.agenda.refused)


def _routines(house: House) -> Iterator[tuple[str, Course]]:
    for code, centre in house.words["centres"].items():
        for number in centre["managers"]:
            yield f"desk {number}", caring(house, code, number, house.day(0, 11))
    yield "opinions", answering(house, SUPERVISOR)
    yield "bells", reading(house)
    for row in house.world.rows("warehouses"):
        yield row["code"], keeping(house, row["code"])
    yield "evenings", _evenings(house)


def _events(house: House) -> Iterator[tuple[str, Course]]:
    yield "plans", planned(house)
    yield "a colleague comes and leaves", came_and_left(house)
    for row in house.words["prices"]:
        yield "prices", repriced(house, row)
    for row in house.words["doctor_leaves"]:
        yield "leave", away(house, row)
    for row in house.words["doctor_ill"]:
        yield "illness", ill(house, row)
    for row in house.words["stand_ins"]:
        yield "stand-in", stood_in(house, row)


def _once(scene: Scene) -> Course:
    at = yield scene.at
    scene.act(at)


def _evenings(house: House) -> Course:
    """What the workers do meanwhile: messages and other jobs that are due."""
    at, evening = house.day(0).replace(hour=EVENING.hour, minute=EVENING.minute), 0
    while True:
        at = yield at + timedelta(days=1)
        evening += 1
        run_due(at)
        if at.day == 1:
            value_customers(by=system_user(SYSTEM), at=at)
        if evening in ANALYZED:
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Rows come and go by the million: looking for cycles among them after every few hundred costs more than it frees."""
    before = gc.get_threshold()
    gc.set_threshold(*RARE)
    try:
        yield
    finally:
        gc.set_threshold(*before)
