"""One customer on the way through the house, and the verbs that the stories are written in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from kefu.appointments.models import Appointment
from kefu.config.demo.days import Days
from kefu.config.demo.play import Scene, StoryError
from kefu.config.demo.world import World
from kefu.customers.models import Customer
from kefu.foundation.worktime.queries import calendar_for
from kefu.kernel.worktime.calendars import WEEKDAYS
from kefu.lab.models import Order
from kefu.organisation.models import Node, User
from kefu.sales.models import Purchase

Verb = Callable[..., None]
VERBS: dict[str, Verb] = {}
DEPARTMENTS = {"consulting": "1019", "service": "1015"}


def verb(function: Verb) -> Verb:
    """Let stories use a function by its name; it takes the walk, the moment and what the story says."""
    VERBS[function.__name__] = function
    return function


@dataclass
class Walk:
    """A customer of the stories; the row is what `stories.yaml` says of him or her."""

    world: World
    row: dict[str, Any]
    people: dict[str, User]
    others: dict[str, Walk] = field(repr=False)
    place: int
    customer_id: int = 0

    @property
    def customer(self) -> Customer:
        """The customer as he or she stands now."""
        return Customer.objects.select_related("node", "doctor", "health_manager").get(pk=self.customer_id)

    @property
    def order(self) -> Order:
        """The latest order."""
        return (
            Order.objects.select_related("customer__node", "node", "doctor")
            .filter(customer=self.customer_id)
            .latest("pk")
        )

    @property
    def purchase(self) -> Purchase:
        """The latest purchase."""
        return Purchase.objects.select_related("customer__node").filter(customer=self.customer_id).latest("pk")

    @property
    def appointment(self) -> Appointment:
        """The latest booking."""
        return Appointment.objects.select_related("customer").filter(customer=self.customer_id).latest("pk")

    @property
    def node(self) -> Node:
        """The centre where the story begins."""
        return Node.objects.get(code=self.row["node"])

    def person(self, who: str) -> User:
        """A colleague by job number, or as `doctor`, `manager`, `consulting`, `service`."""
        if who in DEPARTMENTS:
            return self.people[DEPARTMENTS[who]]
        if who not in ("doctor", "manager"):
            return self.people[who]
        owner = self.customer.doctor if who == "doctor" else self.customer.health_manager
        return self.people[owner.job_number if owner else self.row["doctor" if who == "doctor" else "health_manager"]]

    def days(self) -> Days:
        """The days of the story: those of its first centre and doctor."""
        weekdays = {
            WEEKDAYS.index(day)
            for row in self.world.rows("timetables")
            if (row["doctor"], row["node"]) == (self.row["doctor"], self.row["node"])
            for day in row["days"]
        }
        return Days(self.world.today, calendar_for(self.node), weekdays)

    def scenes(self) -> Iterator[Scene]:
        """The steps of the story as scenes."""
        days = self.days()
        for place, (day, clock, word, *given) in enumerate(self.row["story"], self.place):
            name = f"{self.row['code']} {word}"
            if word not in VERBS:
                raise StoryError(f"{name}: no such verb")
            yield Scene(
                days.moment(str(day), clock), place, name, partial(self._do, VERBS[word], given[0] if given else {})
            )

    def _do(self, act: Verb, given: dict[str, Any], at: datetime) -> None:
        act(self, at, **given)
