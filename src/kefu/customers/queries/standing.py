"""Reads of grades, tracking, deals and the lead ladder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import BooleanField, OuterRef, Q, QuerySet, Subquery
from django.db.models.expressions import Case, Value, When
from django.utils import timezone

from kefu.customers.choices import Grade, Rung, Stage, Urgency
from kefu.customers.grades import urgency_of
from kefu.customers.limits import URGENCY_MONTHS, URGENT_DAYS
from kefu.customers.models import Assessment, Customer, Deal, DealCheck, Standing
from kefu.customers.permissions import CustomerPermission
from kefu.customers.queries.finding import HEAVY
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.queries import access_of
from kefu.organisation.models import User

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class TrackingFilter:
    """What the list of due entries is narrowed to."""

    when: str = ""  # overdue, today, week; empty is all
    grade: str = ""
    health_manager: int | None = None
    pool: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str]) -> TrackingFilter:
        """What an address asks for; what cannot be read counts as not given."""
        manager = asked.get("health_manager", "")
        known = int(manager) if manager.isdecimal() and len(manager) < 19 else None
        return cls(asked.get("when", ""), asked.get("grade", ""), known, asked.get("pool") == "on")


def trackings_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[Standing]:
    """The list as its page shows it, the earliest first."""
    return trackings(user, TrackingFilter.of(asked), at).order_by("due_on", "id")


def trackings(user: User, narrow: TrackingFilter, at: datetime) -> QuerySet[Standing]:
    """Customers in scope that are tracked, with owner and centre; order and page by `due_on, id` (CUS-016)."""
    today = timezone.localdate(at)
    rows = Standing.objects.filter(customer_scope(user, CustomerPermission.GRADING_VIEW, "customer__"))
    rows = rows.exclude(customer__stage=Stage.CLOSED)
    spans = {"overdue": Q(due_on__lt=today), "today": Q(due_on=today), "week": Q(due_on__lte=today + WEEK)}
    rows = rows.filter(spans.get(narrow.when, Q()))
    if narrow.grade in Grade.values:
        rows = rows.filter(grade=narrow.grade)
    if narrow.health_manager is not None:
        rows = rows.filter(customer__health_manager=narrow.health_manager)
    if narrow.pool:
        rows = rows.filter(customer__health_manager__isnull=True)
    heavy = [f"customer__{column}" for column in HEAVY]
    return rows.select_related("customer__node", "customer__health_manager").defer(*heavy)


def own_trackings(user: User, until: date) -> QuerySet[Standing]:
    """Entries due until a day for customers the person, or who is stood in for, is responsible for."""
    persons = access_of(user).persons
    own = Q(customer__health_manager__in=persons) | Q(customer__doctor__in=persons)
    rows = Standing.objects.filter(customer_scope(user, CustomerPermission.GRADING_TRACK, "customer__")).filter(own)
    rows = rows.filter(due_on__lte=until).exclude(customer__stage=Stage.CLOSED)
    return rows.select_related("customer").defer(*(f"customer__{column}" for column in HEAVY)).order_by("due_on", "id")


def assessments(customer: Customer) -> QuerySet[Assessment]:
    """The tracking log and the changes of classes; order and page by `-at, -id`."""
    return customer.assessments.select_related("by")


def deals(customer: Customer) -> QuerySet[Deal]:
    """The customer's contracts with whether they count, the latest first (CUS-030)."""
    return customer.deals.annotate(counts=_counts()).select_related("source", "by").prefetch_related("checks__by")


def counting_deal(customer: Customer) -> QuerySet[Deal]:
    """The contracts that count: audited, and the channel verified (CUS-030)."""
    return Deal.objects.filter(customer=customer).annotate(counts=_counts()).filter(counts=True)


def _counts() -> Subquery:
    """Whether the latest check of a deal found contract and channel in order."""
    in_order = Case(
        When(contract_sound=True, channel_true=True, then=Value(True)),
        default=Value(False),
        output_field=BooleanField(),
    )
    latest = DealCheck.objects.filter(deal=OuterRef("pk")).annotate(in_order=in_order).order_by("-at", "-id")
    return Subquery(latest.values("in_order")[:1])


def rung_of(asked: Mapping[str, str]) -> Rung | None:
    """The step of the ladder an address asks for."""
    return Rung(int(asked["rung"])) if asked.get("rung") in {str(rung) for rung in Rung.values} else None


def leads_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[Customer]:
    """The list as its page shows it: one's own (`mine`), of one step (`rung`)."""
    return leads_to_sort(user, at, mine=asked.get("mine") == "on", rung=rung_of(asked)).order_by("-rung", "id")


def leads_to_sort(user: User, at: datetime, *, mine: bool = False, rung: int | None = None) -> QuerySet[Customer]:
    """Leads not looked through yet today; order and page by `-rung, id`: the highest step first, then who came first (CUS-035)."""
    today = timezone.localdate(at)
    rows = Customer.objects.visible_to(user, CustomerPermission.GRADING_TRACK).filter(stage=Stage.LEAD)
    rows = rows.filter(Q(sorted_on__isnull=True) | Q(sorted_on__lt=today))
    if mine:
        rows = rows.filter(health_manager__in=access_of(user).persons)
    if rung is not None:
        rows = rows.filter(rung=rung)
    return rows.select_related("node", "health_manager", "source").defer(*HEAVY)


class Urgencies:
    """Urgency by the expected day, with the limits read once (CUS-013)."""

    def __init__(self, at: datetime) -> None:
        self._today = timezone.localdate(at)
        self._days, self._months = URGENT_DAYS.on(at), URGENCY_MONTHS.on(at)

    def of(self, expected_on: date | None, on: date | None = None) -> Urgency | None:
        """How soon to act, seen from today or from another day; None without an expected day."""
        return urgency_of(expected_on, on or self._today, self._days, self._months) if expected_on else None
