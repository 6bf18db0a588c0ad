"""Where stories begin: a customer with an archive, a stocked centre."""

from __future__ import annotations

from datetime import date

from kefu.customers.actions.archives import open_archive
from kefu.customers.actions.leads import create_lead
from kefu.customers.models import Customer, Source
from kefu.products.content import load as load_catalogue
from kefu.stock.models import Warehouse
from kefu.stock.testing import open_with_zones, stock_in
from kefu.testing.cast import Cast


def customer_of(
    cast: Cast,
    name: str = "沈知夏",
    phone: str = "10000000001",
    *,
    birth_date: date = date(1985, 6, 12),
    sex: str = "female",
) -> Customer:
    """A customer of the doctor and the manager in Beijing, whose archive the manager opened."""
    source, _made = Source.objects.get_or_create(code="walk_in", defaults={"zh": "到店", "en": "Walk-in"})
    lead = create_lead(name=name, phone=phone, node=cast.bj, source=source, by=cast.manager, at=cast.at)
    return open_archive(
        customer=lead.customer, sex=sex, birth_date=birth_date, doctor=cast.doctor, health_manager=cast.manager, node=cast.bj,
        source=source, remarks="", remarks_none=True, by=cast.manager, at=cast.at,
    )  # fmt: skip


def stocked_centre(cast: Cast) -> Warehouse:
    """The shipped catalogue, and a warehouse in Beijing with two lots of fish oil, vitamins and every kit."""
    load_catalogue(by=cast.system, at=cast.at)
    warehouse = open_with_zones(node=cast.bj, code="WH-BJ", keeper=cast.keeper, by=cast.system, at=cast.at)
    kits = ["BLOOD", "BLOODL", "ELEM", "DBS", "URINE", "URINEL", "SALIVA", "STOOL", "DETOX"]
    lots: list[tuple[str, str, int, date | None]] = [
        ("N-014", "DA26072", 40, date(2027, 9, 30)),
        ("N-014", "DA26031", 12, date(2027, 6, 30)),
        ("N-001", "DB26044", 60, date(2028, 1, 31)),
        *[(f"S-K-{kit}", f"K{kit}", 25, date(2027, 10, 31)) for kit in kits],
    ]
    stock_in(warehouse, lots, by=cast.keeper, at=cast.at)
    return warehouse
