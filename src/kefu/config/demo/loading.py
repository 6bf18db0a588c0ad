"""Loading the demo world into an empty installation, all of it or nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, time, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from kefu.config.demo import verbs  # noqa: F401  registration
from kefu.config.demo.accounts import Password, logins_file, open_accounts, random_passwords
from kefu.config.demo.arrangements import announce_leaving, arranged_at, define_group
from kefu.config.demo.caring import keep_contacts
from kefu.config.demo.goods import arrival_of, book_in, checked_at, look_at, open_warehouses
from kefu.config.demo.institutions import enter_institutions, sign, signed_at
from kefu.config.demo.organisation import found_chain, take_on_doctors
from kefu.config.demo.play import Scene, play
from kefu.config.demo.supplying import open_suppliers
from kefu.config.demo.transfers import transfers
from kefu.config.demo.walk import Walk
from kefu.config.demo.world import World, read
from kefu.config.errors import MissingPrerequisite, UsageError
from kefu.config.first_data import load_first_data
from kefu.customers.actions.valuing import value_customers
from kefu.foundation.audit.context import origin
from kefu.foundation.notices.actions import mark_all_read
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import User
from kefu.organisation.queries import SYSTEM, system_user

OPENED = time(9, 0)
BELLS_READ = "08:40"
PLACES = 1000  # more than a story has steps
SETTLING = timedelta(days=7)  # from opening the doors to the first clinic


def load_if_empty(*, at: datetime) -> bool:
    """Load the world into an installation without people; answers whether it did. Writes the accounts down again if that file is lost.

    Raises MissingPrerequisite in production, where the published passwords of the demo must not exist.
    """
    _refuse_production()
    if User.objects.filter(is_system=False).exists():
        if User.objects.filter(is_demo=True).exists() and not logins_file().exists():
            with origin("command"), ThreadPoolExecutor() as pool:
                open_accounts(world=read(at), passwords=random_passwords(read(at), pool), by=None, at=at)
        return False
    load(at=at)
    return True


def load(*, at: datetime) -> int:
    """Load the world as of `at` in one transaction; a crash leaves the installation as empty as it was. Answers how many scenes were played.

    Raises MissingPrerequisite in production, UsageError unless nobody works here yet.
    """
    refuse_unless_empty()
    world = read(at)
    with origin("command"), ThreadPoolExecutor(max_workers=1) as pool, transaction.atomic():
        return _load(world, random_passwords(world, pool))


def refuse_unless_empty() -> None:
    """A demo is loaded where nobody works yet, never in production. Raises MissingPrerequisite, UsageError."""
    _refuse_production()
    if User.objects.filter(is_system=False).exists():
        raise UsageError("The demo world is loaded only into an empty installation; this one has people already.")


def found(world: World) -> None:
    """The chain as it was opened: shipped content, places, people, partners, warehouses."""
    opened = datetime.combine(world.day(world.content["opened_on"]), OPENED, SHANGHAI)
    load_first_data(at=opened)
    system = system_user(SYSTEM)
    found_chain(world=world, by=system, at=opened)
    take_on_doctors(world=world, at=opened + SETTLING)
    enter_institutions(world=world, at=opened + SETTLING)
    open_warehouses(world=world, by=system, at=opened + SETTLING)
    open_suppliers(world=world, at=opened + SETTLING)


def _load(world: World, passwords: Mapping[str, Password]) -> int:
    found(world)
    walks = _walks(world)
    scenes = [
        *deliveries(world),
        *signatures(world),
        *arrangements(world),
        *transfers(world),
        *_bells(world, walks[0]),
        *(scene for walk in walks for scene in walk.scenes()),
    ]
    count = play(scenes, now=world.now, each_day=partial(keep_contacts, world, walks))
    keep_contacts(world, walks, world.now)
    value_customers(by=system_user(SYSTEM), at=world.now)
    open_accounts(world=world, passwords=passwords, by=system_user(SYSTEM), at=world.now)
    return count


def deliveries(world: World) -> Iterator[Scene]:
    """What the warehouses book in and look at, as written."""
    for place, row in enumerate(world.rows("receipts")):
        yield Scene(arrival_of(world, row), place, f"receipt {row['warehouse']}", partial(book_in, world, row))
    for place, row in enumerate(world.rows("checks")):
        yield Scene(checked_at(world, row), place, f"check {row['lot']}", partial(look_at, world, row))


def signatures(world: World) -> Iterator[Scene]:
    """The partners' agreements, as written."""
    for place, row in enumerate(world.rows("partners")):
        yield Scene(signed_at(world, row), place, f"agreement {row['code']}", partial(sign, world, row))


def arrangements(world: World) -> Iterator[Scene]:
    """Groups of customers and departures, as written."""
    for place, row in enumerate(world.rows("segments")):
        yield Scene(arranged_at(world, row), place, f"group {row['name']}", partial(define_group, row))
    for place, row in enumerate(world.rows("departures")):
        act = partial(announce_leaving, world, row)
        yield Scene(arranged_at(world, row), place, f"departure of {row['job_number']}", act)


def _bells(world: World, walk: Walk) -> Iterator[Scene]:
    """In the morning of the last working day everybody reads what the bell has rung for."""
    at = walk.days().moment("-1", BELLS_READ)
    for place, row in enumerate(world.rows("staff")):
        person = walk.people[row["job_number"]]
        yield Scene(at, place, f"bell of {person.job_number}", partial(_read_bell, person))


def _read_bell(person: User, at: datetime) -> None:
    mark_all_read(by=person, at=at)


def _walks(world: World) -> list[Walk]:
    people = {user.job_number: user for user in User.objects.select_related("node")}
    walks: dict[str, Walk] = {}
    for place, row in enumerate(world.rows("customers"), 1):
        walks[row["code"]] = Walk(world, row, people, walks, place * PLACES)
    return list(walks.values())


def _refuse_production() -> None:
    if settings.PRODUCTION or os.environ.get("KEFU_ENV") == "production":
        raise MissingPrerequisite(
            "The demo world is never loaded with KEFU_ENV=production: its passwords are published."
        )
