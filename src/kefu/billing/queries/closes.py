"""Day close: the business day of a desk, what should be there, what stands in the way, and the desks nobody closed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db.models import Case, Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery, Sum, When
from django.db.models.functions import Coalesce, Least
from django.utils import timezone

from kefu.billing.choices import Method, PaymentState
from kefu.billing.models import DayClose, Desk, Payment, Refund
from kefu.billing.models.closes import DayCloseQuerySet
from kefu.foundation.access.queries import access_of
from kefu.foundation.numbering.models import Counter
from kefu.kernel.money import ZERO
from kefu.organisation.models import User

BEGINNING = date(1970, 1, 1)


@dataclass(frozen=True)
class Expected:
    """What the book says of one way of paying: entries (payments and refunds) and what stayed of them."""

    method: Method
    booked: int
    amount: Decimal


@dataclass(frozen=True)
class Numbers:
    """The receipts of a place in a year: the last number issued, how many of them are kept, and those of one day."""

    last: int
    kept: int
    first_of_day: str
    last_of_day: str
    of_day: int
    voided: int

    @property
    def missing(self) -> int:
        """Numbers that were issued and are not kept: none, unless somebody tampered. Those taken meanwhile do not count against it."""
        return max(self.last - self.kept, 0)


def business_day(desk_id: int, at: datetime) -> date:
    """The day into which a desk books now: today, or the day after the last one closed."""
    last = DayClose.objects.standing().filter(desk=desk_id).aggregate(last=Max("day"))["last"]
    today = timezone.localdate(at)
    return today if last is None else max(today, last + timedelta(days=1))


def day_to_close(desk: Desk, at: datetime) -> date:
    """The day of a desk whose turn it is: the oldest one with bookings that is not closed, else the running one."""
    last = DayClose.objects.standing().filter(desk=desk).aggregate(last=Max("day"))["last"] or BEGINNING
    found = [
        rows.filter(desk=desk, day__gt=last).aggregate(first=Min("day"))["first"]
        for rows in (Payment.objects.all(), Refund.objects.all())
    ]
    return min((day for day in found if day), default=business_day(desk.pk, at))


def day_is_open(desk_id: int, day: date, at: datetime) -> bool:
    """Whether what was booked into a day may still be voided: it is the running one, or was reopened and not closed again."""
    closes = DayClose.objects.filter(desk=desk_id, day=day)
    if closes.standing().exists():
        return False
    return day >= timezone.localdate(at) or closes.exists()


def float_of(desk: Desk) -> Decimal | None:
    """What the last close left in the drawer; None at a desk that was never closed."""
    closes = DayClose.objects.standing().filter(desk=desk).order_by("-day")
    return closes.values_list("left", flat=True).first()


def expected_of(desk: Desk, day: date) -> list[Expected]:
    """What each way of paying should have brought to a desk on a day, without the float; every way is named. Two queries."""
    taken = Payment.objects.counting().filter(desk=desk, day=day).order_by().values_list("method")
    back = Refund.objects.filter(desk=desk, day=day).order_by().values_list("method")
    came = {method: (many, amount) for method, many, amount in taken.annotate(Count("pk"), Sum("amount"))}
    went = {method: (many, amount) for method, many, amount in back.annotate(Count("pk"), Sum("amount"))}
    found = []
    for method in Method:
        (payments, brought), (refunds, gone) = (rows.get(method.value, (0, ZERO)) for rows in (came, went))
        found.append(Expected(method, payments + refunds, brought - gone))
    return found


def unfinished(desk: Desk) -> QuerySet[Refund]:
    """Refunds of money taken at the desk that are agreed and wait to be paid out."""
    agreed = Refund.objects.to_pay().filter(payment__desk=desk)
    return agreed.select_related("payment__customer", "request").order_by("pk")


def receipt_numbers(desk: Desk, day: date) -> Numbers:
    """Whether the receipts of the desk's place are without gaps up to now, and those the desk issued on a day."""
    last = Counter.objects.filter(series=f"billing.receipt:{desk.node_id}:{day:%y}").values_list("last", flat=True)
    kept = Payment.objects.filter(desk__node=desk.node_id, at__year=day.year)
    own = Payment.objects.filter(desk=desk, day=day).order_by("pk")
    numbers = list(own.values_list("number", "state"))
    voided = sum(state == PaymentState.VOIDED for _number, state in numbers)
    first, latest = (numbers[0][0], numbers[-1][0]) if numbers else ("", "")
    return Numbers(last.first() or 0, kept.count(), first, latest, len(numbers), voided)


def closes_listed(user: User, asked: Mapping[str, str], _at: datetime) -> DayCloseQuerySet:
    """The day closes within reach, of one desk (`desk`) or all, only those that wait for a second person (`show=waiting`)."""
    rows = DayClose.objects.visible_to(user).select_related("desk__node", "by", "confirmed_by", "reopened_by")
    if (desk := asked.get("desk", "")).isdecimal():
        rows = rows.filter(desk=int(desk[:9]))
    if asked.get("show") == "waiting":
        rows = rows.standing().filter(two_people=True, confirmed_at__isnull=True)
    return rows.prefetch_related("lines")


def desks_closed_by(user: User) -> QuerySet[Desk]:
    """The desks whose day a person may close."""
    return Desk.objects.usable_by(user).select_related("node")


def desks_to_close(user: User, at: datetime, *, today: bool = False) -> QuerySet[Desk]:
    """The desks of which a past day was not closed, with the oldest such day (`oldest`); `today` counts today too."""
    until = timezone.localdate(at) + timedelta(days=int(today))
    standing = DayClose.objects.standing().filter(desk=OuterRef("pk")).order_by("-day")
    desks = desks_closed_by(user).annotate(
        closed=Coalesce(Subquery(standing.values("day")[:1]), BEGINNING),
    )
    since = {"desk": OuterRef("pk"), "day__gt": OuterRef("closed"), "day__lt": until}
    first = Payment.objects.filter(**since).order_by("day").values("day")[:1]
    back = Refund.objects.filter(**since).order_by("day").values("day")[:1]
    desks = desks.annotate(took=Subquery(first), gave=Subquery(back))
    return desks.filter(Q(took__isnull=False) | Q(gave__isnull=False)).annotate(
        oldest=Case(When(took=None, then=F("gave")), When(gave=None, then=F("took")), default=Least("took", "gave"))
    )


def closes_to_confirm(user: User) -> DayCloseQuerySet:
    """Closes of others that wait for the person as the second one."""
    waiting = DayClose.objects.standing().filter(two_people=True, confirmed_at__isnull=True).exclude(by=user)
    return waiting.filter(desk__in=desks_closed_by(user)).select_related("desk__node", "by").order_by("day", "pk")


def keeps_books(user: User, node_id: int) -> bool:
    """Whether the person keeps the books of a place: finance, there or above. Only such a one reopens a day."""
    return access_of(user).has_role("finance", node_id)
