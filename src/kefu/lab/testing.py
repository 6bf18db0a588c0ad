"""A customer with an archive, stocked kits and orders at any step, for the stories of this module and of those above it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from kefu.customers.actions import create_lead, open_archive
from kefu.customers.models import Customer, Source
from kefu.lab.actions import Finding, check_samples, issue_kit, place_order, record_signature
from kefu.lab.models import Order
from kefu.organisation.models import Node
from kefu.products import content
from kefu.products.models import Kit, Package, TestItem
from kefu.stock.models import Warehouse
from kefu.stock.testing import open_with_zones, stock_in
from kefu.testing.cast import Cast

PAPER_EXAMPLE = ("T-FOOD", "T-OAT", "T-GEN", "T-GEN")
"""The order of Annex 4 no. 1: 1,800 + 2,600 + 2 x 475 = 5,350 yuan."""


def open_customer(cast: Cast, name: str = "程望舒", phone: str = "10000000003") -> Customer:
    """A Beijing customer of the cast's doctor and manager, 40 years old, with an open archive."""
    source = Source.objects.get_or_create(code="walk_in", defaults={"zh": "到店", "en": "Walk-in"})[0]
    lead = create_lead(name=name, phone=phone, node=cast.bj, by=cast.manager, at=cast.at).customer
    return open_archive(
        customer=lead, doctor=cast.doctor, health_manager=cast.manager, node=cast.bj, sex="female", birth_date=date(1986, 4, 5),
        source=source, remarks_none=True, by=cast.manager, at=cast.at,
    )  # fmt: skip


def stock_kits(cast: Cast, *, node: Node | None = None, packs: int = 20, at: datetime | None = None) -> Warehouse:
    """The shipped catalogue, and a warehouse of the Beijing centre with so many of every kit."""
    moment = at or cast.at
    content.load(by=cast.admin, at=moment)
    warehouse = open_with_zones(node=node or cast.bj, code="WH-BJ", keeper=cast.keeper, by=cast.admin, at=moment)
    lots = [
        (kit.product.code, f"{kit.code}-A", packs, date(2028, 6, 30)) for kit in Kit.objects.select_related("product")
    ]
    if packs:
        stock_in(warehouse, lots, by=cast.keeper, at=moment)
    return warehouse


def items(*codes: str) -> list[TestItem]:
    """Test items by code, as often as named."""
    found = {item.code: item for item in TestItem.objects.filter(code__in=codes)}
    return [found[code] for code in codes]


def packages(*codes: str) -> list[Package]:
    """Packages by code."""
    return list(Package.objects.filter(code__in=codes))


def ordered(cast: Cast, customer: Customer, codes: Sequence[str] = PAPER_EXAMPLE, at: datetime | None = None) -> Order:
    """An order that the doctor placed."""
    return place_order(customer=customer, doctor=cast.doctor, items=items(*codes), by=cast.doctor, at=at or cast.at)


def signed(cast: Cast, customer: Customer, codes: Sequence[str] = PAPER_EXAMPLE, at: datetime | None = None) -> Order:
    """An order whose signature the manager recorded."""
    order = ordered(cast, customer, codes, at)
    record_signature(order=order, by=cast.manager, at=at or cast.at)
    order.refresh_from_db()
    return order


def sampling(cast: Cast, customer: Customer, codes: Sequence[str] = PAPER_EXAMPLE, at: datetime | None = None) -> Order:
    """An order whose kits the customer has; needs `stock_kits`."""
    order = signed(cast, customer, codes, at)
    issue_kit(order=order, by=cast.manager, at=at or cast.at)
    order.refresh_from_db()
    return order


def in_testing(
    cast: Cast, customer: Customer, codes: Sequence[str] = PAPER_EXAMPLE, at: datetime | None = None
) -> Order:
    """An order whose samples are all accepted; needs `stock_kits`."""
    order = sampling(cast, customer, codes, at)
    findings = [Finding(sample) for sample in order.samples.all()]
    check_samples(order=order, findings=findings, by=cast.consulting, at=at or cast.at)
    order.refresh_from_db()
    return order
