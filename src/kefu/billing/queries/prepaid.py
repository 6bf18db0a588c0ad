"""Reading prepaid packages: what is left, what is low, what of the money may go back."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from kefu.billing.choices import ChargeState, EntryKind
from kefu.billing.limits import PREPAID_LOW
from kefu.billing.models import Charge, Prepaid, PrepaidEntry, PrepaidFreeze, PrepaidLow, PrepaidWeek, Refund
from kefu.billing.models.prepaid import PrepaidQuerySet
from kefu.billing.models.refunds import RefundQuerySet
from kefu.billing.permissions import BillingPermission
from kefu.billing.queries.owing import reversed_of
from kefu.billing.queries.weeks import MONDAY, deducted, first_week
from kefu.billing.rules import week_of, worth
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.checks import allowed
from kefu.kernel.money import ZERO
from kefu.organisation.models import User

STATES = ("usable", "low", "frozen", "used", "expired")


def left_of(customer_id: int, item: str, at: datetime) -> int:
    """Units a customer may still use of an item today, of all packages together."""
    rows = Prepaid.objects.filter(customer=customer_id, item=item, valid_until__gte=timezone.localdate(at))
    return rows.aggregate(left=Sum("balance"))["left"] or 0


def lows_of(customer_id: int, item: str) -> QuerySet[PrepaidLow]:
    """The times at which little was left of an item of a customer."""
    return PrepaidLow.objects.filter(prepaid__customer=customer_id, prepaid__item=item)


def freeze_on(prepaid: Prepaid, day: date) -> PrepaidFreeze | None:
    """The freeze that holds on a day."""
    return prepaid.freezes.filter(starts__lte=day, ends_before__gt=day).first()


def freeze_open(prepaid: Prepaid, day: date) -> PrepaidFreeze | None:
    """The freeze that holds on a day or begins later, the first one."""
    return prepaid.freezes.filter(ends_before__gt=day).select_related("by").first()


def returned_units(prepaid: Prepaid) -> int:
    """Units that went back for money and stayed so."""
    rows = prepaid.entries.filter(kind__in=[EntryKind.REFUNDED, EntryKind.RETURNED])
    return -(rows.aggregate(units=Sum("units"))["units"] or 0)


def worth_of(prepaid: Prepaid, units: int) -> Decimal:
    """What so many unused units cost when they were bought, in yuan; nothing for what came by a transfer."""
    if prepaid.charge is None:
        return ZERO
    charge = prepaid.charge
    back = reversed_of([charge.pk]).get(charge.pk, ZERO)
    return worth(charge.amount, prepaid.units, returned_units(prepaid), units, back)


def reversal_of(entry: PrepaidEntry) -> Charge | None:
    """The charge below zero that took the price of returned units back, while it counts."""
    rows = Charge.objects.filter(subject_kind="billing.prepaid_entry", subject_id=entry.pk, state=ChargeState.DUE)
    return rows.first()


def money_of(entry: PrepaidEntry) -> RefundQuerySet:
    """Refunds that went back or may yet for units given back: asked with them, or of their charge alone since they left it."""
    besides = Q(entry__isnull=True, lines__charge=entry.prepaid.charge_id, asked_at__gte=entry.at)
    return Refund.objects.standing().filter(Q(entry=entry) | besides)


def ledger_of(prepaid: Prepaid) -> list[PrepaidEntry]:
    """All entries, the oldest first, each with the balance after it (`after`) and whether it may be countered (`open`)."""
    rows = prepaid.entries.select_related(
        "served_by", "by", "counters", "mate__prepaid", "countered_by", "came_as__prepaid__customer", "week_line__week"
    )
    refunds = Refund.objects.standing()
    stands = set(refunds.filter(entry__prepaid=prepaid).values_list("entry", flat=True))
    besides = refunds.filter(entry=None, lines__charge=prepaid.charge_id).aggregate(last=Max("asked_at"))["last"]
    after, found = 0, list(rows)
    weeks = [one.week_line.week for one in found if hasattr(one, "week_line")]
    settled = {(week.node_id, week.monday) for week in weeks}
    for entry in found:
        after += entry.units
        countered = hasattr(entry, "countered_by")
        entry.after = after  # type: ignore[attr-defined]
        closed = countered or (entry.node_id, week_of(entry.on)) in settled
        entry.may_counter = entry.kind == EntryKind.DEDUCTED and not closed  # type: ignore[attr-defined]
        given = countered or entry.pk in stands or (besides is not None and besides >= entry.at)
        entry.may_return = entry.kind == EntryKind.REFUNDED and not given  # type: ignore[attr-defined]
    return found


def refunds_of_package(prepaid: Prepaid) -> QuerySet[Refund]:
    """The refunds asked for units of a package, the newest first."""
    rows = Refund.objects.filter(entry__prepaid=prepaid)
    return rows.select_related("request", "payment", "asked_by", "entry").order_by("-id")


def prepaid_listed(user: User, asked: Mapping[str, str], at: datetime) -> PrepaidQuerySet:
    """Packages within reach, narrowed by number, item or customer's name (`q`) and state (`state`, one of STATES)."""
    today = timezone.localdate(at)
    frozen = PrepaidFreeze.objects.filter(prepaid=OuterRef("pk"), starts__lte=today, ends_before__gt=today)
    rows = Prepaid.objects.visible_to(user).select_related("customer__node", "charge", "by").annotate(
        is_frozen=Exists(frozen),
        is_low=Exists(PrepaidLow.objects.filter(prepaid=OuterRef("pk"), ended_at__isnull=True)),
    )  # fmt: skip
    if text := asked.get("q", "").strip()[:80]:
        rows = rows.filter(Q(number__iexact=text) | Q(item__icontains=text) | Q(customer__name__icontains=text))
    narrowed = {
        "usable": Q(balance__gt=0, valid_until__gte=today), "low": Q(is_low=True), "frozen": Q(is_frozen=True),
        "used": Q(balance=0), "expired": Q(balance__gt=0, valid_until__lt=today),
    }  # fmt: skip
    return rows.filter(narrowed.get(asked.get("state", ""), Q()))


def lows_to_handle(user: User, at: datetime) -> QuerySet[PrepaidLow]:
    """Where little is left (`usable`, of all packages of the item) and nobody said yet what came of it: of one's own customers, and of those
    without a health manager.
    """
    if not allowed(user, BillingPermission.PREPAID_KEEP):
        return PrepaidLow.objects.none()
    scope = customer_scope(user, BillingPermission.PREPAID_KEEP, "prepaid__customer__")
    rows = PrepaidLow.objects.filter(scope, ended_at__isnull=True, handled_at__isnull=True)
    mine = Q(prepaid__customer__health_manager=user) | Q(prepaid__customer__health_manager__isnull=True)
    rows = rows.filter(mine, prepaid__customer__restricted_at__isnull=True, prepaid__customer__erased_at__isnull=True)
    alike = Prepaid.objects.filter(customer=OuterRef("prepaid__customer"), item=OuterRef("prepaid__item"))
    rows = rows.annotate(usable=Coalesce(Subquery(_usable(alike, at)), 0))
    return rows.select_related("prepaid__customer").order_by("at", "pk")


def run_out(at: datetime) -> PrepaidQuerySet:
    """Packages whose last day is over while something is left.

    Not yet those to which units may still come back: a week of the last `WEEKS_BACK` in which some were deducted is not reconciled, or
    a refund of units waits.
    """
    done = Q(two_people=False) | Q(confirmed_at__isnull=False)
    sheets = PrepaidWeek.objects.standing().filter(done, node=OuterRef("node"), monday=OuterRef("monday"))
    open_weeks = deducted(first_week(at)).filter(prepaid=OuterRef("pk")).annotate(monday=MONDAY).filter(~Exists(sheets))
    refunds = Refund.objects.waiting().filter(entry__prepaid=OuterRef("pk"))
    rows = Prepaid.objects.filter(balance__gt=0, valid_until__lt=timezone.localdate(at))
    return rows.filter(~Exists(open_weeks), ~Exists(refunds)).order_by("pk")


def to_watch(at: datetime) -> list[Prepaid]:
    """The newest package of each customer and item of which little is left by the limit of today and nobody was told, or the other way round."""
    alike = Prepaid.objects.filter(customer=OuterRef("customer"), item=OuterRef("item")).order_by()
    told = PrepaidLow.objects.filter(
        prepaid__customer=OuterRef("customer"), prepaid__item=OuterRef("item"), ended_at=None
    )
    rows = Prepaid.objects.select_related("customer").filter(~Exists(alike.filter(pk__gt=OuterRef("pk"))))
    rows = rows.annotate(left=Coalesce(Subquery(_usable(alike, at)), 0), told=Exists(told)).order_by("pk")
    limits: dict[int, int] = {}
    found = []
    for one in rows:
        node_id = one.customer.node_id
        if node_id not in limits:
            limits[node_id] = PREPAID_LOW.on(at, node_id=node_id)
        if (one.left <= limits[node_id]) != one.told:  # type: ignore[attr-defined]
            found.append(one)
    return found


def _usable(alike: QuerySet[Prepaid], at: datetime) -> QuerySet[Prepaid, int]:
    """The units of packages of one customer and item that may be used today, as one number."""
    usable = alike.filter(valid_until__gte=timezone.localdate(at)).order_by().values("item")
    return usable.annotate(left=Sum("balance")).values_list("left", flat=True)
