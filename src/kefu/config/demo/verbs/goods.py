"""Advice, purchase and parcel; goods that turn out damaged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kefu.config.demo.walk import Walk, verb
from kefu.products.models import Product
from kefu.sales.actions import Line, Prescribed, enter_lines, prescribe
from kefu.sales.actions.delivery import dispatch
from kefu.sales.actions.lists import sign as sign_list
from kefu.sales.choices import DeliveryMode
from kefu.stock.actions import change_quality
from kefu.stock.choices import Quality
from kefu.stock.models import Balance


@verb
def advise(walk: Walk, at: datetime, *, intake: Mapping[str, int]) -> None:
    """The doctor advises products, so many pieces a day."""
    products = Product.objects.in_bulk(intake, field_name="code")
    lines = [Prescribed(products[code], pieces) for code, pieces in intake.items()]
    prescribe(customer=walk.customer, doctor=walk.person("doctor"), products=lines, by=walk.person("doctor"), at=at)


@verb
def enter(walk: Walk, at: datetime, *, packs: Mapping[str, int]) -> None:
    """The health manager enters how many packs."""
    products = Product.objects.in_bulk(packs, field_name="code")
    lines = [Line(products[code], count) for code, count in packs.items()]
    enter_lines(purchase=walk.purchase, lines=lines, by=walk.person("manager"), at=at)


@verb
def sign_purchase(walk: Walk, at: datetime) -> None:
    """The customer signs the list; the total is due."""
    sign_list(purchase=walk.purchase, by=walk.person("manager"), at=at)


@verb
def ship(walk: Walk, at: datetime, *, mode: str = "handed", carrier: str = "", waybill: str = "") -> None:
    """The goods leave the stock lot by lot."""
    dispatch(
        purchase=walk.purchase, mode=DeliveryMode(mode), carrier=carrier, waybill=waybill, by=walk.person("manager"), at=at
    )  # fmt: skip


@verb
def damaged(walk: Walk, at: datetime, *, product: str, lot: str, packs: int, reason: str, by: str) -> None:
    """The keeper sets goods of a lot aside."""
    balance = Balance.objects.select_related("zone__warehouse", "lot__product").get(
        zone__warehouse__node=walk.customer.node, lot__code=lot, lot__product__code=product, quality=Quality.GOOD
    )
    change_quality(balance=balance, packs=packs, quality=Quality.DAMAGED, reason=reason, by=walk.people[by], at=at)
