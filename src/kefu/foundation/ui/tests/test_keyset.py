"""Paging costs one query on every page, shows each row once and never counts."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from kefu.foundation.ui.http import Keyset
from kefu.organisation.models import Node, NodeKind

pytestmark = pytest.mark.django_db
ORDER = ("-kind", "code")


@pytest.fixture
def nodes():
    for number in range(11):
        kind = NodeKind.values[number % 2]
        Node.objects.create(code=f"X{number:02d}", kind=kind, zh=f"中心{number}")
    return Node.objects.filter(code__startswith="X")


def walk(rows, order, size):
    cursor, codes = "", []
    while True:
        page = Keyset(rows, order, size, cursor)
        codes.append([node.code for node in page.rows])
        if not page.next:
            return codes
        cursor = page.next


@pytest.mark.parametrize("order", [ORDER, ("code",), ("-code",), ("kind", "-code")])
def test_the_pages_together_are_the_whole_list_in_order(nodes, order):
    expected = list(nodes.order_by(*order).values_list("code", flat=True))
    pages = walk(nodes, order, 4)
    assert [len(page) for page in pages] == [4, 4, 3]
    assert [code for page in pages for code in page] == expected


def test_a_page_that_ends_exactly_has_no_next(nodes):
    assert Keyset(nodes, ("code",), 11).next == ""


def test_every_page_costs_one_query_and_none_counts(nodes):
    first = Keyset(nodes, ORDER, 4)
    with CaptureQueriesContext(connection) as asked:
        Keyset(nodes, ORDER, 4, first.next)
    assert len(asked) == 1
    assert "COUNT(" not in asked[0]["sql"].upper()


def test_a_row_added_before_the_cursor_shifts_nothing(nodes):
    first = Keyset(nodes, ("code",), 4)
    Node.objects.create(code="X00a", kind=NodeKind.values[0], zh="新")
    assert [node.code for node in Keyset(nodes, ("code",), 4, first.next).rows] == ["X04", "X05", "X06", "X07"]


@pytest.mark.parametrize("cursor", ["rubbish", "W10:abc:def", None])
def test_a_damaged_cursor_begins_at_the_beginning(nodes, cursor):
    assert Keyset(nodes, ("code",), 4, cursor).rows[0].code == "X00"


def test_a_cursor_of_another_order_begins_at_the_beginning(nodes):
    other = Keyset(nodes, ("-code",), 4).next
    assert Keyset(nodes, ("code",), 4, other).rows[0].code == "X00"
