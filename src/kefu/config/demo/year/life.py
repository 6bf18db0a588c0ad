"""One customer's life with the house, from the first contact on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from kefu.config.demo.walk import Walk
from kefu.config.demo.year.hours import Hours
from kefu.config.demo.year.house import House
from kefu.customers.models import Referral
from kefu.organisation.models import User


@dataclass
class Life:
    """A customer with dice of his or her own; what happens to others does not change them."""

    house: House
    walk: Walk
    comes: datetime
    chance: Random = field(repr=False)
    referral_id: int = 0
    guardian: str = ""
    barred: bool = False
    found: list[tuple[str, bool]] = field(default_factory=list)
    """What lies outside its range in the latest order: the analyte, and whether it is too high."""

    @property
    def code(self) -> str:
        """What the customer is called among the walks."""
        return str(self.walk.row["code"])

    @property
    def centre(self) -> str:
        """The code of the centre."""
        return str(self.walk.row["node"])

    @property
    def hours(self) -> Hours:
        """When the centre works."""
        return self.house.hours(self.centre)

    @property
    def referral(self) -> Referral | None:
        """Who brought the customer, as it stands now: the referrer may have another manager by then."""
        return Referral.objects.select_related("referrer__node", "referred").filter(pk=self.referral_id).first()

    @property
    def manager(self) -> User:
        """Who looks after the customer now."""
        return self.walk.person("manager")

    @property
    def director(self) -> User:
        """Who leads the centre."""
        return self.house.people[self.house.centre(self.centre)["director"]]

    def happens(self, percent: float) -> bool:
        """Whether something happens that does in so many of a hundred lives."""
        return self.chance.random() * 100 < percent

    def say(self, *path: str) -> str:
        """One of the sentences there are for it."""
        found = self.house.words
        for step in path:
            found = found[step]
        return str(self.chance.choice(list(found)))

    def agent(self) -> str:
        """A service agent, by job number."""
        return str(self.chance.choice(self.house.words["agents"]))

    def desk(self) -> str:
        """Who sits at the centre's reception, by job number."""
        return str(self.chance.choice(self.house.centre(self.centre)["desks"]))

    def consultant(self) -> str:
        """Somebody of the consulting department, by job number."""
        return str(self.chance.choice(self.house.words["consultants"]))

    def soon(self, at: datetime, least: int = 5, most: int = 40) -> datetime:
        """Minutes later."""
        return self.hours.soon(at, self.chance, least, most)

    def later(self, at: datetime, least: int, most: int) -> datetime:
        """Working days later."""
        return self.hours.later(at, self.chance, least, most)

    def in_time(self, at: datetime, days: int, late: float = 9) -> datetime:
        """Within so many working days, but in so many of a hundred cases up to a week too late."""
        return self.later(at, days + 1, days + 5) if self.happens(late) else self.later(at, min(1, days), days)
