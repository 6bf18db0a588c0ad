"""The cast with finance, the shipped catalogue, a stocked central warehouse and an empty Beijing one."""

from datetime import date
from functools import partial

import pytest

from kefu.administration.content import load_roles
from kefu.organisation.models import Grant, Role, User
from kefu.products import content
from kefu.products.models import Product
from kefu.requisitions.testing import Hands, bring_to
from kefu.stock.testing import open_with_zones, stock_in
from kefu.testing.scenes import scene

JUNE, SEPTEMBER = date(2027, 6, 30), date(2027, 9, 30)


@scene
def shop(cast):
    content.load(by=cast.admin, at=cast.at)
    load_roles(only=frozenset({"finance"}), by=None, at=cast.at)
    cast.finance = User(
        username="finance", job_number="1030", name="白示宁", node=cast.hq, undertaking_signed_on=date(2026, 1, 5)
    )
    cast.finance.set_unusable_password()
    cast.finance.save()
    Grant.objects.create(
        user=cast.finance, role=Role.objects.get(code="finance"), node=cast.hq, valid_from=date(2026, 1, 5)
    )
    return cast


@scene
def hands(shop):
    return Hands(shop.keeper, shop.director, shop.finance, shop.product_manager, shop.central_keeper, shop.manager)


@scene
def beijing(shop):
    return open_with_zones(node=shop.bj, code="WH-BJ", keeper=shop.keeper, by=shop.admin, at=shop.at)


@scene
def central(shop):
    house = open_with_zones(
        node=shop.hq, code="WH-HQ", keeper=shop.central_keeper, by=shop.admin, at=shop.at, central=True
    )
    rows = [("N-014", "A", 12, JUNE), ("N-014", "B", 30, SEPTEMBER), ("N-001", "C", 40, SEPTEMBER)]
    stock_in(house, rows, by=shop.central_keeper, at=shop.at)
    return house


@scene
def fish_oil(central):
    return Product.objects.get(code="N-014")


@scene
def vitamin(central):
    return Product.objects.get(code="N-001")


@pytest.fixture
def taken_to(shop, hands, central, beijing, fish_oil):
    """A requisition of 30 packs of fish oil, taken to a state."""
    make = partial(bring_to, hands=hands, source=central, target=beijing, at=shop.at)
    return lambda state, wanted=((fish_oil, 30),): make(state, wanted=wanted)
