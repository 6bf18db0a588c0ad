"""Reads of customers' value: the tiers with what they bring and could bring, the trend over runs, one customer's place (CUS-018, CUS-040)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from kefu.customers.choices import Tier
from kefu.customers.limits import MARGIN_PERCENT
from kefu.customers.models import Customer, CustomerValue, TierChange, TierFigure, ValueRun
from kefu.customers.permissions import CustomerPermission
from kefu.customers.scopes import customer_scope
from kefu.foundation.access.queries import EVERYWHERE, access_of
from kefu.foundation.access.rules import Permission
from kefu.kernel.money import yuan
from kefu.organisation.choices import Level
from kefu.organisation.models import User

FIGURES: Mapping[str, object] = {
    "customers": _("客户数"), "turnover": _("近 12 个月营业额"), "profit": _("近 12 个月毛利"), "untapped": _("可以挖掘的营业额"),
    "untapped_profit": _("可以挖掘的毛利"),
}  # fmt: skip
"""What is known of a tier, in the order of the page."""
RUNS = 12
"""As many runs are in the trend."""
GRADING = CustomerPermission.GRADING_VIEW
Figures = dict[str, Decimal | int | None]
Sums = tuple[int, Decimal, Decimal]
"""Customers, turnover, turnover still to be tapped."""
NOTHING: Sums = (0, Decimal(0), Decimal(0))


@dataclass(frozen=True)
class TierRow:
    """A tier with its figures by code; without a tier, all together. Profit is None while no gross margin is set."""

    tier: Tier | None
    figures: Figures

    @property
    def label(self) -> object:
        """The tier in words."""
        return self.tier.label if self.tier else _("合计")


def gross_margin(at: datetime) -> Decimal | None:
    """The gross margin in percent, None while it is not set."""
    return MARGIN_PERCENT.on(at) or None


def latest_run() -> ValueRun | None:
    """The run that holds."""
    return ValueRun.objects.select_related("by").first()


def runs() -> QuerySet[ValueRun]:
    """The runs with their standards, the latest first."""
    return ValueRun.objects.select_related("by")[:RUNS]


def in_tier(customers: QuerySet[Customer], user: User, tier: str) -> QuerySet[Customer]:
    """Those of the customers who are in a tier, where the person may see grades."""
    return customers.filter(customer_scope(user, GRADING), worth__tier=tier)


def tier_rows(user: User, margin: Decimal | None, *also: Permission) -> list[TierRow]:
    """The tiers as they are now, of the customers the person sees and may grade, then all together. One query.

    The list of customers narrowed by a tier holds as many. `also`: rights that must reach the customer as well.
    """
    seen = Customer.objects.visible_to(user).in_use().filter(*(customer_scope(user, each) for each in (GRADING, *also)))
    sums = seen.filter(worth__isnull=False).order_by().values("worth__tier")
    found = {
        row["worth__tier"]: (row["many"], row["spent"], row["open"])
        for row in sums.annotate(many=Count("pk"), spent=Sum("worth__turnover"), open=Sum("worth__untapped"))
    }
    rows = [TierRow(tier, _figures(found.get(tier.value, NOTHING), margin)) for tier in Tier]
    return [*rows, TierRow(None, _figures(_together(found.values()), margin))]


def _together(sums: Iterable[Sums]) -> Sums:
    customers, turnover, untapped = NOTHING
    for one in sums:
        customers, turnover, untapped = customers + one[0], turnover + one[1], untapped + one[2]
    return customers, turnover, untapped


def _figures(sums: Sums, margin: Decimal | None) -> Figures:
    customers, turnover, untapped = sums
    figures: Figures = {"customers": customers, "turnover": turnover, "untapped": untapped}
    for code, amount in (("profit", turnover), ("untapped_profit", untapped)):
        figures[code] = None if margin is None else yuan(amount * margin / 100)
    return figures


@dataclass(frozen=True)
class Step:
    """A figure of one tier in a run, and how much more it is than in the run before (None: there is none before)."""

    value: Decimal | int | None
    change: Decimal | int | None

    @property
    def less(self) -> Decimal | int | None:
        """How much less it is than before."""
        return -self.change if self.change is not None and self.change < 0 else None


def sees_whole_places(user: User) -> bool:
    """Whether the person sees the grades of everybody somewhere: the trend is kept per place, not per colleague."""
    return access_of(user).reach(GRADING).nodes(Level.VIEW) != set()


def trend(user: User, figure: str, margin: Decimal | None) -> list[tuple[datetime, list[Step]]]:
    """One figure of every tier over the latest runs, the latest first, of the places whose grades the person sees. Two queries."""
    nodes = access_of(user).reach(GRADING).nodes(Level.VIEW)
    rows = TierFigure.objects.filter(run__in=[run.pk for run in runs()])
    rows = rows if nodes is EVERYWHERE else rows.filter(node__in=nodes)
    sums = rows.order_by().values("run", "run__at", "tier")
    known: dict[tuple[datetime, int], dict[str, Figures]] = {}
    for row in sums.annotate(many=Sum("customers"), spent=Sum("turnover"), open=Sum("untapped")):
        figures = _figures((row["many"], row["spent"], row["open"]), margin)
        known.setdefault((row["run__at"], row["run"]), {})[row["tier"]] = figures
    nothing = _figures(NOTHING, margin)
    found: list[tuple[datetime, list[Step]]] = []
    before: list[Decimal | int | None] = [None] * len(Tier)
    for at, run in sorted(known):
        values = [known[at, run].get(tier.value, nothing)[figure] for tier in Tier]
        found.append((at, [_step(value, earlier) for value, earlier in zip(values, before, strict=True)]))
        before = values
    return found[::-1]


def _step(value: Decimal | int | None, before: Decimal | int | None) -> Step:
    return Step(value, None if value is None or before is None else value - before)


def worth_of(customer: Customer) -> CustomerValue | None:
    """Where the customer stands since the latest run."""
    return CustomerValue.objects.filter(customer=customer).select_related("run").first()


def tier_changes(customer: Customer) -> QuerySet[TierChange]:
    """The tiers a customer was in, the latest first."""
    return customer.tier_changes.select_related("run")
