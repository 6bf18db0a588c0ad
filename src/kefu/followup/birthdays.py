"""Whose birthday is kept on which day: solar by the birth date, lunar where the customer keeps it so (FUP-007)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import ExtractDay, ExtractMonth
from django.utils import timezone

from kefu.customers.choices import Stage
from kefu.customers.models import Customer
from kefu.customers.queries.finding import HEAVY
from kefu.followup.limits import BIRTHDAY_AHEAD
from kefu.followup.permissions import FollowUpPermission
from kefu.foundation.access.queries import access_of
from kefu.kernel.lunar import LunarDay, lunar_birthdays_on, solar_birthdays_on
from kefu.messaging.choices import Purpose
from kefu.messaging.models import ContactAttempt, Wish
from kefu.organisation.models import User

SHOWN = 300
FARTHEST = 31
"""So many days ahead the list looks at most."""
SETTLED = timedelta(days=7)
"""A greeting so long before counts for the birthday."""


@dataclass(frozen=True)
class Birthday:
    """A customer's next birthday: the day it is kept, how old he or she becomes, and the lunar day if it is one."""

    customer: Customer
    day: date
    age: int | None
    lunar: str
    no_greetings: str


def greetable() -> QuerySet[Customer]:
    """Customers who may be greeted at all: alive, not closed, in use."""
    return Customer.objects.filter(merged_into__isnull=True).in_use().exclude(stage=Stage.CLOSED)


def solar_on(customers: QuerySet[Customer], days: Sequence[date]) -> QuerySet[Customer]:
    """Those whose solar birthday is kept on one of the days, without those who keep the lunar one."""
    kept = {month * 100 + day for one in days for month, day in solar_birthdays_on(one)}
    marked = customers.annotate(month_day=ExtractMonth("birth_date") * 100 + ExtractDay("birth_date"))
    return marked.filter(month_day__in=kept, wish__lunar_month__isnull=True)


def lunar_on(customers: QuerySet[Customer], days: Sequence[date]) -> QuerySet[Customer]:
    """Those who keep their lunar birthday, where it is on one of the days."""
    kept = Q(pk__in=[])
    for month, day, leap in {one for when in days for one in lunar_birthdays_on(when)}:
        kept |= Q(wish__lunar_month=month, wish__lunar_day=day, wish__lunar_leap=leap)
    return customers.filter(kept)


def upcoming(
    user: User, first: date, count: int, *, node: int | None = None, manager: int | None = None
) -> list[Birthday]:
    """The birthdays of customers one may see, of some days from a first one on, by day; at most `SHOWN`."""
    days = [first + timedelta(days=n) for n in range(min(count, FARTHEST))]
    seen = greetable() & Customer.objects.visible_to(user, FollowUpPermission.VIEW)
    given = {"node": node, "health_manager": manager}
    seen = seen.filter(**{name: value for name, value in given.items() if value is not None})
    return listed(seen, days)


def listed(customers: QuerySet[Customer], days: Sequence[date]) -> list[Birthday]:
    """Their birthdays on the days, by day. Two queries."""
    kept = _kept_on(days)
    found = []
    for narrow in (solar_on, lunar_on):
        rows = narrow(customers, days).select_related("node", "health_manager", "wish").defer(*HEAVY).order_by("pk")
        found += [_birthday(customer, kept) for customer in rows[:SHOWN]]
    return sorted(found, key=lambda one: (one.day, one.customer.pk))[:SHOWN]


def owed_greetings(user: User, at: datetime) -> list[Birthday]:
    """Birthdays of one's own customers, today and shortly, of those nobody congratulated; nobody who does not want it."""
    if "health_manager" not in access_of(user).roles:
        return []
    today = timezone.localdate(at)
    days = [today + timedelta(days=n) for n in range(BIRTHDAY_AHEAD.on(at) + 1)]
    mine = (
        greetable()
        .filter(health_manager__in=access_of(user).persons)
        .exclude(~Q(wish__no_greetings="") & Q(wish__isnull=False))
    )
    talked = ContactAttempt.objects.filter(purpose=Purpose.GREETING, at__gte=at - SETTLED).values("customer")
    return listed(mine.exclude(pk__in=talked), days)


def _kept_on(days: Sequence[date]) -> dict[tuple[int, ...], date]:
    kept: dict[tuple[int, ...], date] = {}
    for day in reversed(days):
        kept |= dict.fromkeys(solar_birthdays_on(day), day)
        kept |= dict.fromkeys(lunar_birthdays_on(day), day)
    return kept


def _birthday(customer: Customer, kept: dict[tuple[int, ...], date]) -> Birthday:
    wish: Wish | None = getattr(customer, "wish", None)
    born = customer.birth_date
    if wish and wish.lunar_month and wish.lunar_day:
        day = kept[wish.lunar_month, wish.lunar_day, wish.lunar_leap]
        words = LunarDay(day.year, wish.lunar_month, wish.lunar_day, wish.lunar_leap).label
        return Birthday(customer, day, None, words, wish.no_greetings)
    if born is None:
        raise LookupError(f"customer {customer.pk} has no birthday")
    day = kept[born.month, born.day]
    return Birthday(customer, day, day.year - born.year, "", wish.no_greetings if wish else "")
