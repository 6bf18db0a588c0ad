"""A big order is a handful of statements, however many lines it has."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.products.models import Product
from kefu.stock import queries
from kefu.stock.actions import issue
from kefu.stock.testing import stock_in


@pytest.fixture
def stocked(shop, beijing):
    from datetime import date

    codes = list(Product.objects.values_list("code", flat=True))
    rows = [(code, f"{code}-{n}", 5, date(2028, 1 + n, 28)) for code in codes for n in range(10)]
    stock_in(beijing, rows, by=shop.keeper, at=shop.at)
    return list(Product.objects.order_by("code"))


def cost(shop, warehouse, lines):
    with CaptureQueriesContext(
        connection,
    ) as seen:
        issue(warehouse=warehouse, lines=lines, purpose="量", by=shop.keeper, at=shop.at)
    return len(seen)


def test_many_lines_cost_the_statements_of_one(shop, beijing, stocked):
    cost(shop, beijing, [(stocked[0], 1)])
    one = cost(shop, beijing, [(stocked[0], 1)])
    many = cost(shop, beijing, [(product, 12) for product in stocked])
    assert many == one <= 12


def test_the_list_costs_the_same_for_one_and_for_all(shop, beijing, stocked):
    rows = queries.balances(beijing, shop.at)

    def listed(products):
        with CaptureQueriesContext(connection) as seen:
            queries.product_rows(beijing, products, rows, shop.at)
        return len(seen)

    assert listed(stocked[:1]) == listed(stocked) <= 6
