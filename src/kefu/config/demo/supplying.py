"""Manufacturers with what they make, and goods let into the central warehouse by keeper and product department."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from kefu.config.demo.world import World
from kefu.kernel.money import yuan
from kefu.organisation.models import User
from kefu.people.models import Institution
from kefu.products.models import Product
from kefu.purchasing.actions import (
    Counted,
    add_supplier,
    book_delivery,
    count_delivery,
    register_delivery,
    set_price,
    set_supply,
)
from kefu.purchasing.choices import Side
from kefu.purchasing.models import PurchaseOrder, Supplier
from kefu.stock.models import Warehouse


def open_suppliers(*, world: World, at: datetime) -> None:
    """The product department enters whom it orders from, what they make, and at which price."""
    manager = holder(world, "product_manager")
    left = {product.code: product for product in Product.objects.filter(active=True).order_by("code")}
    for row in world.rows("makers"):
        maker = Institution.objects.get(code=row["code"])
        supplier = add_supplier(institution=maker, lead_days=row["lead_days"], email=row["email"], by=manager, at=at)
        for code in [code for code in left if _made_by(row, code)]:
            _offer(supplier, left.pop(code), row, manager, at)


def _made_by(row: dict[str, Any], code: str) -> bool:
    if "begins" in row:
        return code.startswith(row["begins"])
    return code in row.get("codes", [code])


def _offer(supplier: Supplier, product: Product, row: dict[str, Any], manager: User, at: datetime) -> None:
    multiple = row["multiple"]
    supply = set_supply(
        supplier=supplier, product=product, article=f"{row['code'][-2:]}-{product.code.replace('-', '')}", multiple=multiple,
        minimum=multiple, by=manager, at=at,
    )  # fmt: skip
    price = (
        yuan(product.price * row["percent"] / 100)
        if "percent" in row and product.price
        else Decimal(row.get("price", 30))
    )
    set_price(supply=supply, price=price, valid_from=at.date(), by=manager, at=at)


def let_in(
    warehouse: Warehouse, supplier: Supplier, counted: Sequence[Counted], *, manager: User, keeper: User, at: datetime,
    order: PurchaseOrder | None = None, reason: str = "",
) -> None:  # fmt: skip
    """Goods at the gate: both count the same, and the keeper books them in."""
    delivery = register_delivery(warehouse=warehouse, supplier=supplier, order=order, reason=reason, by=keeper, at=at)
    count_delivery(delivery=delivery, side=Side.KEEPER, lines=counted, by=keeper, at=at)
    count_delivery(delivery=delivery, side=Side.PRODUCT, lines=counted, by=manager, at=at)
    book_delivery(delivery=delivery, by=keeper, at=at)


def supplier_named(name: str) -> Supplier:
    """The supplier of that Chinese name."""
    return Supplier.objects.select_related("institution").get(institution__zh=name)


def holder(world: World, role: str) -> User:
    """Who has that role first in the written world."""
    row = next(row for row in world.rows("staff") if role in row["roles"])
    return User.objects.get(job_number=row["job_number"])
