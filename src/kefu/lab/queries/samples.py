"""Reading samples: what came in today, what is awaited, what is overdue (LAB-006, LAB-010)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from kefu.customers.queries import HEAVY
from kefu.foundation.access.queries import access_of
from kefu.foundation.access.rules import Permission
from kefu.lab.choices import SampleState
from kefu.lab.models import Order, Sample
from kefu.lab.permissions import LabPermission
from kefu.organisation.models import User

CHECKED = (SampleState.ACCEPTED, SampleState.REJECTED)


@dataclass(frozen=True)
class Today:
    """The day in numbers."""

    checked: int
    rejected: int
    overdue: int


@dataclass(frozen=True)
class Awaited:
    """The samples of one order that should be here by a day, and how many days late they are."""

    order: Order
    due_on: date
    samples: int
    days_late: int


def with_order(samples: QuerySet[Sample]) -> QuerySet[Sample]:
    """Samples with what the check-in page shows of them."""
    return samples.select_related(
        "order__customer__health_manager", "order__doctor", "order__node", "order_item__item__sample_kind", "kit_line__kit",
        "kit_line__issue", "reason", "consignment", "replaces__reason", "checked_by",
    )  # fmt: skip


def scanned(text: str, user: User) -> list[Sample]:
    """What a scan means: the sample itself, the samples in a kit, or all samples of an order; the awaited ones first."""
    code = text.strip().upper()
    if not code:
        return []
    samples = with_order(Sample.objects.visible_to(user, LabPermission.SAMPLE_CHECK).exclude(state=SampleState.VOID))
    exact = samples.filter(barcode=code)
    found = list(exact or samples.filter(Q(kit_line__barcode=code) | Q(order__number=code)).order_by("pk"))
    return sorted(found, key=lambda sample: sample.state != SampleState.AWAITED)


def siblings(sample: Sample) -> QuerySet[Sample]:
    """The other samples of the same order that count."""
    others = Sample.objects.filter(order=sample.order_id).exclude(pk=sample.pk).exclude(state=SampleState.VOID)
    return others.select_related("order_item__item__sample_kind").order_by("pk")


def just_checked(user: User, at: datetime, limit: int = 20) -> list[Sample]:
    """What was checked last, today."""
    start = _midnight(at)
    samples = Sample.objects.visible_to(user).filter(checked_at__gte=start, checked_at__lte=at, state__in=CHECKED)
    return list(with_order(samples).order_by("-checked_at", "-id")[:limit])


def missing(samples: QuerySet[Sample], at: datetime, *, overdue: bool = False) -> QuerySet[Sample]:
    """Of some samples those that have not come in, or only those that should have by the day before."""
    waiting = samples.filter(state=SampleState.AWAITED, order__cancelled_at__isnull=True)
    return waiting.filter(due_on__lt=timezone.localdate(at)) if overdue else waiting


def samples_listed(user: User, asked: Mapping[str, str], at: datetime) -> QuerySet[Sample]:
    """The list as its page shows it: awaited, overdue (`show=late`), or checked, the latest of them first (`show=checked`)."""
    show, samples = asked.get("show", ""), with_order(Sample.objects.visible_to(user))
    if show == "checked":
        return samples.filter(checked_at__isnull=False, checked_at__lte=at).order_by("-checked_at", "-id")
    return missing(samples, at, overdue=show == "late").order_by("due_on", "id")


def awaited(
    user: User,
    at: datetime,
    *,
    overdue: bool = False,
    own: bool = False,
    permission: Permission = LabPermission.SAMPLE_VIEW,
    limit: int = 50,
) -> list[Awaited]:
    """Orders whose samples should be here, the longest awaited first (LAB-010); one row an order and day, in three queries.

    `own`: only of customers whose health manager one is or stands in for; those are few, however many wait for anybody.
    """
    today = timezone.localdate(at)
    samples = missing(Sample.objects.visible_to(user, permission), at, overdue=overdue)
    if own:
        samples = samples.filter(order__customer__health_manager__in=access_of(user).persons)
    first = list(samples.order_by("due_on", "order_id").values_list("order_id", "due_on").distinct()[:limit])
    orders = Order.objects.select_related("customer__health_manager").defer(
        *(f"customer__{column}" for column in HEAVY)
    )
    found = orders.in_bulk({order_id for order_id, _due_on in first})
    counts = (
        missing(Sample.objects.filter(order__in=found), at, overdue=overdue)
        .order_by()
        .values_list("order_id", "due_on")
    )
    counted = {(order_id, due_on): count for order_id, due_on, count in counts.annotate(Count("pk"))}
    return [Awaited(found[key[0]], key[1], counted[key], max(0, (today - key[1]).days)) for key in first]


def overdue(user: User, at: datetime, at_most: int) -> int:
    """How many samples are overdue, counted up to a number: a count without end costs more with every customer."""
    return missing(Sample.objects.visible_to(user), at, overdue=True)[:at_most].count()


def today_in_numbers(user: User, at: datetime) -> Today:
    """How many samples were checked and rejected today, and how many are overdue."""
    mine = Sample.objects.visible_to(user)
    checked = mine.filter(checked_at__gte=_midnight(at), checked_at__lte=at, state__in=CHECKED)
    counts = checked.aggregate(all=Count("pk"), bad=Count("pk", filter=Q(state=SampleState.REJECTED)))
    return Today(counts["all"], counts["bad"], missing(mine, at, overdue=True).count())


def _midnight(at: datetime) -> datetime:
    return timezone.make_aware(datetime.combine(timezone.localdate(at), time()))
