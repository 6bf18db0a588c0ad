"""What an agent needs with a customer on the line: products by what they are, today's price at a centre, and what to offer instead (PRD-006,
PRD-014).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, QuerySet
from django.utils import timezone

from kefu.kernel.names import normalise
from kefu.organisation.choices import NodeKind
from kefu.organisation.models import Node, User
from kefu.products.models import Product
from kefu.products.queries import prices_on, sellable_products
from kefu.products.rules import Offer, cheaper_offers, equal_offers
from kefu.stock.queries import amounts, warehouse_for

MOST = 50
ADVISED_FOR = (NodeKind.CENTRE, NodeKind.OFFICE, NodeKind.FRANCHISE)


@dataclass(frozen=True)
class Told:
    """A product as the customer is told of it: today's price in yuan at the centre, and packs that could leave now."""

    product: Product
    price: Decimal
    packs: int


def centres() -> QuerySet[Node]:
    """The open places customers ask about."""
    return Node.objects.filter(kind__in=ADVISED_FOR, closed_on__isnull=True).order_by("code")


def centre_of(user: User, code: str) -> Node | None:
    """The place asked about: the one named, else the user's own, else the first."""
    nodes = list(centres())
    if code:
        return next((one for one in nodes if one.code == code), None)
    return next((one for one in nodes if one.pk == user.node_id), nodes[0] if nodes else None)


def advised(text: str) -> list[Product]:
    """Products on sale that every word of the text is found in: name, pinyin, code, specification, category, features, cautions, special
    demands; at most 50.
    """
    rows = sellable_products()
    for word in text.split():
        told = normalise(word)
        rows = rows.filter(Q(search__contains=told) | Q(words__contains=told))
    return list(rows.order_by("category__position", "code")[:MOST])


def told(products: Sequence[Product], node: Node, at: datetime) -> list[Told]:
    """Each product with its price and packs at a place. A constant number of queries."""
    prices = prices_on(products, node.pk, timezone.localdate(at))
    warehouse = warehouse_for(node.pk)
    there = amounts([warehouse], products, at) if warehouse else {}
    free = {product: amount.free for (_warehouse, product), amount in there.items()}
    return [Told(one, prices[one.pk] or Decimal(0), free.get(one.pk, 0)) for one in products]


def instead_of(wanted: Told, node: Node, at: datetime) -> tuple[list[Told], list[Told]]:
    """What to offer instead: similar ones at the same price, for a product that is sold out, and cheaper similar ones, for who bargains.

    Both are on sale, of the same category, and there to leave today (PRD-014).
    """
    similar = list(sellable_products().filter(category=wanted.product.category_id).order_by("code"))
    rows = {one.product.code: one for one in told(similar, node, at)}
    this, others = _offer(wanted), [_offer(one) for one in rows.values()]
    return _rows(equal_offers(this, others), rows), _rows(cheaper_offers(this, others), rows)


def _offer(one: Told) -> Offer:
    return Offer(one.product.code, one.product.category_id, one.price, one.packs)


def _rows(offers: Iterable[Offer], rows: dict[str, Told]) -> list[Told]:
    return [rows[offer.code] for offer in offers]
