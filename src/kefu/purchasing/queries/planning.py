"""The inputs of a proposal, gathered in a constant number of statements, and proposals as they are listed (STK-001)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import Count, Prefetch, Q, QuerySet, Sum
from django.utils import timezone

from kefu.foundation.slots.registry import slots
from kefu.organisation.models import User
from kefu.products.models import Product
from kefu.purchasing.choices import OPEN_ORDERS
from kefu.purchasing.models import CountLine, OrderLine, Proposal, ProposalLine, ProposalPlace
from kefu.purchasing.queries.suppliers import Offer, best_offers
from kefu.purchasing.rules import Inputs, Weights, propose
from kefu.stock.queries import held_by_place, issued_to_customers


@dataclass(frozen=True)
class Part:
    """The inputs of one place, or of all together."""

    issued: int = 0
    demand: int = 0
    on_hand: int = 0
    reserved: int = 0
    on_the_way: int = 0

    def __add__(self, other: Part) -> Part:
        return Part(*(mine + theirs for mine, theirs in zip(self.figures, other.figures, strict=True)))

    @property
    def figures(self) -> tuple[int, ...]:
        """All five."""
        return self.issued, self.demand, self.on_hand, self.reserved, self.on_the_way


@dataclass
class Planned:
    """A product with its inputs by place, its cheapest supplier, and what the formula makes of it."""

    product_id: int
    safety: int
    on_order: int = 0
    offer: Offer | None = None
    places: dict[int, Part] = field(default_factory=dict)
    proposed: int = 0

    @property
    def total(self) -> Part:
        """The inputs of all places."""
        return sum(self.places.values(), Part())

    @property
    def lead_days(self) -> int:
        """Days the supplier needs; 0 without one."""
        return self.offer.supply.supplier.lead_days if self.offer else 0

    @property
    def multiple(self) -> int:
        """Packs in a box of the supplier."""
        return self.offer.supply.multiple if self.offer else 1

    @property
    def minimum(self) -> int:
        """The least the supplier sends."""
        return self.offer.supply.minimum if self.offer else 1


def planned(since: datetime, until: datetime, weights: Weights, at: datetime) -> list[Planned]:
    """Every product in use that somebody supplies, or that customers bought or wait for, by code."""
    places = places_of(since, until, at)
    busy = {product for product, parts in places.items() if any(one.issued or one.demand for one in parts.values())}
    bought = Q(pk__in=busy) | Q(supplies__active=True, supplies__supplier__active=True)
    products = list(Product.objects.filter(bought, active=True).distinct().order_by("code"))
    today = timezone.localdate(at)
    offers, ordered = best_offers([one.pk for one in products], today), on_order()
    cycle = (until - since).days
    rows = []
    for product in products:
        row = Planned(product.pk, product.reorder_point or 0, ordered.get(product.pk, 0), offers.get(product.pk))
        row.places = places.get(product.pk, {})
        total = row.total
        inputs = Inputs(
            total.issued, total.demand, total.on_hand - total.reserved, total.on_the_way + row.on_order,
            row.safety, row.lead_days, cycle,
        )  # fmt: skip
        row.proposed = propose(inputs, weights, multiple=row.multiple, minimum=row.minimum)
        rows.append(row)
    return rows


def places_of(since: datetime, until: datetime, at: datetime) -> dict[int, dict[int, Part]]:
    """By product and place: what left to customers, what they wait for, what lies there, is set aside, and comes by transfer."""
    found: dict[int, dict[int, Part]] = {}

    def put(node: int, product: int, **figures: int) -> None:
        parts = found.setdefault(product, {})
        parts[node] = replace(parts.get(node, Part()), **figures)

    for (node, product), packs in issued_to_customers(since, until).items():
        put(node, product, issued=packs)
    for (node, product), held in held_by_place(timezone.localdate(at)).items():
        put(node, product, on_hand=held.usable, reserved=held.reserved, on_the_way=held.coming)
    for (node, product), packs in demand_now(at).items():
        put(node, product, demand=packs)
    return found


def demand_now(at: datetime) -> dict[tuple[int, int], int]:
    """What customers wait for and nobody has set aside, by place and product, as the modules beside us say."""
    wanted: dict[tuple[int, int], int] = {}
    for says in slots.demand.values():
        for node, product, packs in says(at):
            wanted[node, product] = wanted.get((node, product), 0) + packs
    return wanted


def on_order() -> dict[int, int]:
    """By product, packs of open orders that did not come yet; what a supplier sent beyond one order is no credit for another."""
    ordered = OrderLine.objects.filter(order__state__in=OPEN_ORDERS).order_by()
    wanted = ordered.values_list("order", "supply__product").annotate(packs=Sum("packs"))
    came = CountLine.objects.filter(count__acceptance_of__delivery__order__state__in=OPEN_ORDERS).order_by()
    arrived = came.values_list("count__delivery__order", "product").annotate(good=Sum("packs"), damaged=Sum("damaged"))
    here = {(order, product): good + damaged for order, product, good, damaged in arrived}
    left: dict[int, int] = {}
    for order, product, packs in wanted:
        left[product] = left.get(product, 0) + max(packs - here.get((order, product), 0), 0)
    return left


def proposals_listed(user: User, _asked: Mapping[str, str], _at: datetime) -> QuerySet[Proposal]:
    """The proposals within reach, newest first, with how many products are to be bought (`to_buy`)."""
    rows = Proposal.objects.visible_to(user).select_related("warehouse", "by")
    return rows.annotate(to_buy=Count("lines", filter=Q(lines__quantity__gt=0))).order_by("-id")


def lines_listed(user: User, asked: Mapping[str, str], _at: datetime) -> QuerySet[ProposalLine]:
    """The lines of a proposal (`proposal`) with their places; those to be bought (`show=buy`), or all."""
    mine = Proposal.objects.visible_to(user).filter(number=asked.get("proposal", ""))
    rows = ProposalLine.objects.filter(proposal__in=mine)
    if asked.get("show") == "buy":
        rows = rows.filter(quantity__gt=0)
    places = Prefetch("places", ProposalPlace.objects.select_related("node").order_by("node__code"))
    named = rows.select_related("proposal__warehouse", "product", "supply__supplier__institution", "changed_by")
    return named.prefetch_related(places).order_by("id")
