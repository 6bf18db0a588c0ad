"""The house in which the year is lived: its people and places, its words, and what the courses share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import yaml

from kefu.config.demo.walk import Walk
from kefu.config.demo.world import CONTENT, World
from kefu.config.demo.year.agenda import Agenda
from kefu.config.demo.year.hours import Hours
from kefu.customers.models import RewardPlan
from kefu.foundation.worktime.queries import calendar_for, calendar_of
from kefu.kernel.worktime.calendars import SHANGHAI
from kefu.organisation.models import Node, User
from kefu.products.models import Product, TestItem

WORDS: Path = CONTENT / "year.yaml"
DAYS = 365


@dataclass
class House:
    """Everything that is not one customer's. `seed` decides all chances."""

    world: World
    size: int
    seed: str
    agenda: Agenda = field(default_factory=Agenda)
    people: dict[str, User] = field(default_factory=dict)
    walks: dict[str, Walk] = field(default_factory=dict)
    codes: dict[int, str] = field(default_factory=dict)
    """Customer id to the code of the walk."""
    promoters: dict[str, list[str]] = field(default_factory=dict)
    """By centre, the codes of those who would bring somebody."""
    households: dict[str, list[str]] = field(default_factory=dict)
    """By centre, the codes of those whose family may follow."""
    plans: dict[str, RewardPlan] = field(default_factory=dict)
    """By centre, what who brings somebody gets."""

    @cached_property
    def words(self) -> Mapping[str, Any]:
        """What `year.yaml` says."""
        words: Mapping[str, Any] = yaml.load(WORDS.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        return words

    @property
    def end(self) -> datetime:
        """Now: nothing happens later."""
        return self.world.now

    @property
    def begin(self) -> datetime:
        """The first morning of the year."""
        return self.day(0)

    def day(self, number: int, hour: int = 9) -> datetime:
        """An hour of the so-manieth day of the year."""
        first = self.end.astimezone(SHANGHAI) - timedelta(days=DAYS)
        return first.replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=number)

    def chance(self, name: object) -> Random:
        """The dice of one course, the same for the same seed whatever the others do."""
        return Random(f"{self.seed}/{name}")  # noqa: S311  (a demo)

    def centre(self, code: str) -> Mapping[str, Any]:
        """What is said of a centre."""
        row: Mapping[str, Any] = self.words["centres"][code]
        return row

    def hours(self, code: str) -> Hours:
        """When a centre works, by its code, or a department by that of its calendar."""
        if code not in self._hours:
            calendar = calendar_for(self.nodes[code]) if code in self.nodes else calendar_of(code)
            self._hours[code] = Hours(calendar)
        return self._hours[code]

    @cached_property
    def _hours(self) -> dict[str, Hours]:
        return {}

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Places by code."""
        return {node.code: node for node in Node.objects.all()}

    @cached_property
    def tests(self) -> dict[str, TestItem]:
        """Test items by code, with kits, analytes and ranges."""
        items = TestItem.objects.select_related("kit").prefetch_related("analytes__ranges")
        return {item.code: item for item in items}

    @cached_property
    def products(self) -> dict[str, Product]:
        """Products by code."""
        return {product.code: product for product in Product.objects.all()}

    def walk_of(self, customer_id: int) -> Walk:
        """The walk of a customer."""
        return self.walks[self.codes[customer_id]]

    def managers(self, centre: str, at: datetime) -> list[str]:
        """The health managers who take customers on at a centre at a time, by job number."""
        managers = list(self.centre(centre)["managers"])
        leaver = self.words["leaver"]
        if centre == self.leavers_centre and self.day(leaver["hired"]) < at < self.day(leaver["leaves"] - 30):
            managers.append(leaver["job_number"])
        return managers

    @property
    def leavers_centre(self) -> str:
        """Where the colleague works who comes and goes within the year: the first centre."""
        return str(next(iter(self.words["centres"])))


def pick(chance: Random, weights: Mapping[str, int]) -> str:
    """One of the keys, by weight."""
    return chance.choices(list(weights), list(weights.values()))[0]
