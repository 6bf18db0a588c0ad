"""Reads of flags, cards, days of life, death, and who may be told what."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import FlagKind, Topic
from kefu.customers.models import Customer, Death, FamilyLink, Flag, LifeEvent
from kefu.kernel.errors import Refused

OF_AGE = 18


def flags_of(customer: Customer) -> QuerySet[Flag]:
    """The flags that hold, warnings first among equals by entry."""
    return customer.flags.filter(ended_at__isnull=True).select_related("by")


def has_died(customer_id: int) -> bool:
    """Whether the customer's death is recorded."""
    return Death.objects.filter(customer_id=customer_id, undone_at__isnull=True).exists()


def refuse_if_barred(customer_id: int) -> None:
    """Nothing is sold to a customer with "refuse to sell". Raises Refused `refuse_to_sell` with the reason (CUS-033)."""
    flag = Flag.objects.filter(customer_id=customer_id, kind=FlagKind.REFUSE_TO_SELL, ended_at__isnull=True).first()
    if flag is not None:
        raise Refused("refuse_to_sell", _("已决定不再向这位客户销售：%(reason)s") % {"reason": flag.reason})


def is_minor(customer: Customer, on: date) -> bool:
    """Whether the customer is under age on a day; unknown age counts as of age."""
    age = customer.age(on)
    return age is not None and age < OF_AGE


@dataclass(frozen=True)
class Confidant:
    """A guardian or proxy, and what he or she may be told."""

    link: FamilyLink
    name: str
    topics: list[Topic]
    ground: object


def confidants(customer: Customer, on: date) -> list[Confidant]:
    """Guardians and proxies with what they may be told on a day: the guardian of a minor everything, others what was allowed. Two queries."""
    links = customer.family.filter(Q(guardian=True) | Q(proxy=True), active=True).select_related("relative")
    minor = is_minor(customer, on)
    return [_confidant(link, minor) for link in links.prefetch_related("disclosures")]


def _confidant(link: FamilyLink, minor: bool) -> Confidant:
    name = link.called
    if minor and link.guardian:
        return Confidant(link, name, list(Topic), _("未成年人的监护人"))
    latest = next(iter(link.disclosures.all()), None)
    topics = [topic for topic in Topic if latest and topic in latest.topics]
    return Confidant(link, name, topics, latest.note if latest and topics else "")


def may_be_told(link: FamilyLink, topic: Topic, on: date) -> bool:
    """Whether a family member may be told of a topic on a day: only guardians and proxies, and only what was allowed."""
    return topic in topics_for(link, on)


def topics_for(link: FamilyLink, on: date) -> list[Topic]:
    """Everything a family member may be told on a day."""
    if not link.active or not (link.guardian or link.proxy):
        return []
    return _confidant(link, is_minor(link.customer, on)).topics


def lacks_guardian(customer: Customer, on: date) -> bool:
    """A minor nobody is entered for as guardian. One query, none for those of age."""
    return is_minor(customer, on) and not customer.family.filter(guardian=True, active=True).exists()


def days_of_life(customer: Customer) -> QuerySet[LifeEvent]:
    """What was not struck out, by date (CUS-032)."""
    return customer.life_events.filter(active=True).select_related("by")


def coming_days(customer: Customer, today: date, days: int) -> list[tuple[LifeEvent, date]]:
    """Days of life that come round within so many days, the next first (CUS-032)."""
    found = []
    for event in days_of_life(customer):
        nearest = next(day for year in (today.year, today.year + 1) if (day := _in_year(event.on, year)) >= today)
        if nearest <= today + timedelta(days=days):
            found.append((event, nearest))
    return sorted(found, key=lambda pair: pair[1])


def _in_year(day: date, year: int) -> date:
    """The anniversary; 29 February is kept on the 28th of other years."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 2, 28)
